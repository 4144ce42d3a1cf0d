import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobRequest, TransferListing } from '#contract';
import { comment, commandLine, hereDocument, option } from '../../contract/copy-as/command.ts';
import * as copyAs from '../../contract/copy-as/index.ts';
import type { CopyAs } from '../../contract/copy-as/command.ts';
import type { Fetchable } from '../../contract/copy-as/pull.ts';

const labels = (commands: readonly CopyAs[]): string[] => commands.map(({ label }) => label);

const file = {
  path: 'a/b c.h5',
  url: 'https://data.example.org/a/b%20c.h5',
  sizeBytes: 10,
  tokenOf: null,
  caFile: null,
  checksum: null
};
const listing: TransferListing = {
  to: '/home/alice/data',
  files: [file],
  isWhole: true,
  manifests: []
};

describe('the words of a command', () => {
  it('keep a here-document from ending early', () => {
    const text = hereDocument('bash', 'a\nEND_OF_SCRIPT\nrm -rf x\n');
    assert.equal(text, "bash <<'END_OF_SCRIPT_'\na\nEND_OF_SCRIPT\nrm -rf x\nEND_OF_SCRIPT_\n");
  });

  it('keep a comment on its line', () => {
    assert.equal(comment('a\nrm -rf /\r\u2028\u202eb'), '# a rm -rf / b\n');
  });

  it('take a value or an operand with a dash for what it is', () => {
    assert.deepEqual(option('to', '-x'), ['--to=-x']);
    assert.equal(
      commandLine('pull', ['-x'], option('only', '*.h5')),
      "jupyter panosc pull --only '*.h5' -- -x\n"
    );
  });
});

describe('commands for a pull', () => {
  it('name the certificate authority of a store that has its own', () => {
    const own = { ...listing, files: [{ ...file, caFile: '/etc/panosc/ca.pem' }] };
    const commands = copyAs.pullCommands({ pid: 'x' }, { listing: own });
    assert.deepEqual(labels(commands), ['jupyter panosc', 'curl', 'rclone', 'Python']);
    assert.match(commands[1]?.text ?? '', / --cacert \/etc\/panosc\/ca\.pem /);
    assert.match(commands[2]?.text ?? '', / --ca-cert \/etc\/panosc\/ca\.pem /);
    assert.match(commands[3]?.text ?? '', /"\/etc\/panosc\/ca\.pem"/);
  });

  it('say where a token comes from, and put none into an argument', () => {
    const secret = { ...listing, files: [{ ...file, tokenOf: 'Umbrella\nID' }] };
    for (const { label, text } of copyAs.pullCommands({ pid: 'x' }, { listing: secret }).slice(1)) {
      assert.match(text, /^# PANOSC_TOKEN stands for your access token of Umbrella ID: /, label);
      assert.doesNotMatch(text, /(--header|-H|--oauth2-bearer)\b/, label);
    }
    for (const { text } of copyAs.pullCommands({ pid: 'x' }, { listing })) {
      assert.doesNotMatch(text, /PANOSC_TOKEN/);
    }
  });

  it('leave rclone out where a token is needed, and say why in one line', () => {
    const secret = { listing: { ...listing, files: [{ ...file, tokenOf: 'UmbrellaID' }, file] } };
    const ways = [
      copyAs.pullCommands({ pid: 'x' }, secret),
      copyAs.transferCommands({ id: 't_1' }, false, secret)
    ];
    for (const commands of ways) {
      assert.deepEqual(labels(commands).slice(1), ['curl', 'Python']);
      assert.match(
        commands[0]?.text ?? '',
        /^# No command for rclone: it would send your token to every host .*\njupyter panosc .*\n$/
      );
      assert.ok(commands.every(({ text }) => !/rclone copyurl|RCLONE_/.test(text)));
    }
  });

  const two = [
    { ...file, tokenOf: 'One' },
    { ...file, path: 'd', tokenOf: 'Two' }
  ];
  const cases: readonly (readonly [string, Fetchable, RegExp])[] = [
    ['are not to be had', { whyNot: 'It is closed.' }, /cannot fetch it now: It is closed\.\n/],
    ['are none', { listing: { ...listing, files: [] } }, /No file is known of it\.\n/],
    ['want two tokens', { listing: { ...listing, files: two } }, /tokens of several services/],
    ['are many', { listing: { ...listing, isWhole: false } }, /^# More than 1 files: /]
  ];
  for (const [why, fetchable, said] of cases) {
    it(`are left to the companion, with one line why, where files ${why}`, () => {
      const commands = copyAs.pullCommands({ pid: 'x', to: '~/data' }, fetchable);
      assert.deepEqual(labels(commands), ['jupyter panosc']);
      const [line, command] = (commands[0]?.text ?? '').split('\n');
      assert.match(`${line ?? ''}\n`, said);
      assert.equal(command, 'jupyter panosc pull --to ~/data x');
    });
  }

  it('check lists of checksums, also where it is not known whether there is one', () => {
    const manifest = {
      url: 'https://data.example.org/a/SHA256SUMS',
      algorithm: 'sha256',
      folder: 'a',
      isThere: true,
      tokenOf: null,
      caFile: null
    };
    const curlOf = (isThere: boolean): string => {
      const manifests = [{ ...manifest, isThere }];
      return (
        copyAs.pullCommands({ pid: 'x' }, { listing: { ...listing, manifests } })[1]?.text ?? ''
      );
    };
    assert.match(curlOf(true), /\| \(cd \.\/a && sha256sum --check --ignore-missing\)/);
    assert.match(curlOf(false), /\nif\ncurl .* --output \/dev\/null .*\nthen\ncurl .*\nfi\n/);
  });
});

describe('commands for a sign-in', () => {
  const provider = {
    id: 'umbrella',
    title: 'UmbrellaID',
    issuer: 'https://id.example.org/',
    clientId: 'panosc',
    hasSecret: false,
    scopes: ['openid', 'offline_access'],
    caFile: null
  };

  it('ask for no refresh token, and name the service where there are several', () => {
    const [own, curl] = copyAs.signInCommands(provider, false);
    assert.equal(own?.text, 'jupyter panosc signin --provider umbrella\n');
    assert.match(curl?.text ?? '', /\n {2}scope=openid\n/);
    assert.match(curl?.text ?? '', /\n {2}issuer=https:\/\/id\.example\.org\n/);
  });

  it('leave a client with a secret to the companion', () => {
    assert.deepEqual(labels(copyAs.signInCommands({ ...provider, hasSecret: true }, true)), [
      'jupyter panosc'
    ]);
  });
});

describe('commands for a job', () => {
  const request: JobRequest = {
    name: 'a b',
    script: '#!/usr/bin/env -S python3 -u\nprint(1)\n',
    workdir: '~/work',
    image: 'sw.example.org:/images/x y.sif',
    gpus: { count: 2 },
    binds: [{ path: '/data', write: false }],
    timeMinutes: 5
  };
  const script = "#!/bin/bash\nfolder='/home/alice/it'\\''s/ID'\necho\n";
  const textOf = (commands: readonly CopyAs[], label: string): string =>
    commands.find(command => command.label === label)?.text ?? '';

  it('make the folder that a script with an image needs', () => {
    const commands = copyAs.newJobCommands(request, script, true);
    assert.ok(
      textOf(commands, 'sbatch').startsWith(
        "cd ~/work && mkdir -p '/home/alice/it'\\''s/ID' && sbatch <<'END_OF_SCRIPT'\n#!/bin/bash\n"
      )
    );
    const { image: _, ...without } = request;
    const plain = copyAs.newJobCommands(without, script, true);
    assert.ok(textOf(plain, 'sbatch').startsWith("cd ~/work && sbatch <<'END_OF_SCRIPT'\n"));
  });

  it('say the whole form to srun, to the command line and to Apptainer', () => {
    const commands = copyAs.newJobCommands(request, script, true);
    assert.match(
      textOf(commands, 'srun'),
      / && srun --job-name 'a b' --time 5 --gres gpu:2 \/bin\/bash <<'END/
    );
    assert.match(
      textOf(commands, 'jupyter panosc'),
      /^jupyter panosc submit --name 'a b' --workdir ~\/work --time 5 --gpus 2 --image 'sw\.example\.org:\/images\/x y\.sif' --bind \/data \/dev\/stdin <<'END_OF_SCRIPT'\n#!\/usr\/bin\/env -S python3 -u\nprint\(1\)\n/
    );
    assert.match(
      textOf(commands, 'apptainer'),
      / --nv .*:ro.* '\/cvmfs\/sw\.example\.org\/images\/x y\.sif' \/usr\/bin\/env -S python3 -u <<'END/
    );
  });

  it('cancel nothing that has ended, and ask no scheduler where there is none', () => {
    const job = { id: 'j_1', jobId: '42', logPath: null };
    assert.deepEqual(labels(copyAs.jobCommands(job, { isBatch: true, isFinished: false })), [
      'jupyter panosc job',
      'jupyter panosc job … log',
      'jupyter panosc job … cancel',
      'squeue',
      'sacct',
      'scancel'
    ]);
    assert.deepEqual(labels(copyAs.jobCommands(job, { isBatch: false, isFinished: true })), [
      'jupyter panosc job',
      'jupyter panosc job … log'
    ]);
  });
});
