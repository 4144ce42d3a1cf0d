import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { JobRequest } from '#contract';
import { ClusterProfile } from '../../src/facility/profile.ts';
import { buildScript, quoted, WHY_NOT, WITHOUT_IMAGE } from '../../src/jobs/script.ts';
import { summarise } from '../../src/jobs/summary.ts';
import { tempDir } from '../support/temp-dir.ts';

const slurm = ClusterProfile.parse({ id: 'c', title: 'Cluster', kind: 'slurm-cli' });
const request = (more: object): JobRequest =>
  JobRequest.parse({ name: 'n', script: '#!/bin/bash\necho hi\n', workdir: '/w', ...more });

describe('the script', () => {
  it('keeps shebang and directives of the person, and puts the form behind them', () => {
    const script = [
      '#!/usr/bin/env python3',
      '# a note',
      '#SBATCH --time=9',
      '  # indented',
      '',
      'print(1)',
      '#SBATCH --time=1'
    ].join('\n');
    const built = buildScript(
      request({
        script,
        timeMinutes: 5,
        partition: 'gpu',
        account: 'a-1',
        cpus: 2,
        memoryMB: 100,
        gpus: { type: 'a40', count: 1 },
        comment: 'my note é'
      }),
      slurm,
      null,
      '/w/.panosc/j'
    );
    assert.equal(
      built,
      [
        '#!/usr/bin/env python3',
        '# a note',
        '#SBATCH --time=9',
        '  # indented',
        '',
        '#SBATCH --job-name=n',
        '#SBATCH --partition=gpu',
        '#SBATCH --account=a-1',
        '#SBATCH --time=5',
        '#SBATCH --cpus-per-task=2',
        '#SBATCH --mem=100M',
        '#SBATCH --gres=gpu:a40:1',
        '#SBATCH --comment="my note é"',
        'print(1)',
        '#SBATCH --time=1',
        ''
      ].join('\n')
    );
  });

  it('gets a shebang when it has none, and no directives for local processes', () => {
    const local = ClusterProfile.parse({ id: 'l', title: 'L', kind: 'local' });
    assert.equal(
      buildScript(request({ script: 'echo hi' }), local, null, '/f'),
      '#!/bin/bash\necho hi\n'
    );
  });

  it('quotes for sh whatever stands in a path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), text => {
        const literal = text.replaceAll('\0', '');
        assert.equal(
          execFileSync('sh', ['-c', `printf %s ${quoted(literal)}`], { encoding: 'utf8' }),
          literal.toWellFormed()
        );
      }),
      { numRuns: 40 }
    );
  });

  it('says in one sentence what will happen', () => {
    assert.equal(
      summarise(
        request({ cpus: 1, gpus: { type: 'a40', count: 2 }, partition: 'gpu', timeMinutes: 5 }),
        slurm,
        null
      ),
      'Runs "n" on Cluster, partition gpu, with 1 CPU, 2 a40 GPUs, at most 5 min, in the folder /w.'
    );
    const large = { timeMinutes: 120, memoryMB: 3072 };
    assert.match(summarise(request(large), slurm, null), /3 GB of memory, .*at most 2 h/);
  });
});

describe('the script of a job with an image', () => {
  /** Runs the script as a node would; `apptainer` is a stand-in that shows its arguments and runs the program. */
  const run = (options: {
    allow?: boolean;
    apptainer?: boolean;
    image?: boolean;
    script?: string;
    gpus?: object;
    binds?: object[];
  }) => {
    const root = tempDir('image-script');
    const workdir = path.join(root, "it's a dir");
    const folder = path.join(workdir, '.panosc/j_1');
    const bin = path.join(root, 'bin');
    mkdirSync(folder, { recursive: true });
    mkdirSync(bin);
    if (options.apptainer ?? true) {
      writeFileSync(
        path.join(bin, 'apptainer'),
        '#!/bin/bash\nprintf "<%s>" "$@"; echo; env | grep ^APPTAINERENV_ | sort; exec "${@: -1}"\n'
      );
      chmodSync(path.join(bin, 'apptainer'), 0o755);
    }
    const mountPath = path.join(root, 'tool $(id).sif');
    if (options.image ?? true) {
      writeFileSync(mountPath, '');
    }
    const built = buildScript(
      request({
        workdir,
        script: options.script ?? '#!/bin/bash\necho "in $0 with $#"; cat; exit 5\n',
        ...(options.gpus === undefined ? {} : { gpus: options.gpus }),
        binds: options.binds ?? []
      }),
      { ...slurm, allow_without_image: options.allow ?? false },
      { ref: 'r:/tool.sif', mountPath },
      folder
    );
    const file = path.join(folder, 'script.sh');
    writeFileSync(file, built, { mode: 0o700 });
    const result = spawnSync(file, [], {
      cwd: workdir,
      input: 'standard input\n',
      encoding: 'utf8',
      env: { PATH: `${bin}:/usr/bin:/bin`, SLURM_JOB_ID: '42', CUDA_VISIBLE_DEVICES: '3' }
    });
    return { ...result, built, folder, workdir, mountPath };
  };

  it('runs in the image, with the folder, the binds, the device and the exit code', () => {
    const { folder, mountPath, status, stdout, workdir } = run({
      gpus: { count: 1 },
      binds: [{ path: '/data/in' }, { path: '/data/out', write: true }]
    });
    assert.equal(status, 5);
    const [argv, ...rest] = stdout.split('\n');
    assert.equal(
      argv,
      `<exec><--cleanenv><--nv><--bind><${workdir}:${workdir},/data/in:/data/in:ro,/data/out:/data/out><--pwd><${workdir}><${mountPath}><${folder}/body-42>`
    );
    assert.deepEqual(rest, [
      'APPTAINERENV_CUDA_VISIBLE_DEVICES=3',
      'APPTAINERENV_SLURM_JOB_ID=42',
      `in ${folder}/body-42 with 0`,
      'standard input',
      ''
    ]);
  });

  it('asks for the devices of NVIDIA only with a GPU', () => {
    assert.ok(!run({}).stdout.includes('<--nv>'));
  });

  it('keeps the person’s interpreter, and a line that looks like the end of the script', () => {
    const { stdout, status } = run({
      script:
        "#!/usr/bin/python3\nprint('END_OF_SCRIPT')\nx = '''\nEND_OF_SCRIPT\n'''\nprint(len(x))\n"
    });
    assert.equal(status, 0);
    assert.match(stdout, /\nEND_OF_SCRIPT\n15\n$/);
  });

  it('fails with one sentence and exit code 3 where Apptainer is missing', () => {
    const { folder, status, stderr, stdout } = run({ apptainer: false });
    assert.equal(status, 3);
    assert.equal(
      stderr,
      'Apptainer ("apptainer") is not installed on this node. The job ends here.\n'
    );
    assert.equal(stdout, '');
    assert.equal(readFileSync(path.join(folder, WHY_NOT), 'utf8'), stderr);
    assert.ok(!existsSync(path.join(folder, WITHOUT_IMAGE)));
  });

  it('fails with one sentence and exit code 3 where the image is missing', () => {
    const { mountPath, status, stderr } = run({ image: false });
    assert.equal(status, 3);
    assert.equal(
      stderr,
      `The image ${mountPath} cannot be seen on this node: is CVMFS mounted here? The job ends here.\n`
    );
  });

  it('runs without the image where the profile allows it, and says so loudly', () => {
    for (const missing of [{ apptainer: false }, { image: false }]) {
      const { folder, status, stderr, stdout } = run({ allow: true, ...missing });
      assert.equal(status, 5);
      assert.match(stderr, /WITHOUT the image/);
      assert.match(stdout, /^in .*body-42 with 0\n/);
      assert.ok(existsSync(path.join(folder, WITHOUT_IMAGE)));
    }
    const { folder, stderr } = run({ allow: true });
    assert.equal(stderr, '');
    assert.ok(!existsSync(path.join(folder, WITHOUT_IMAGE)), 'only where it had to');
  });

  it('names all that is missing', () => {
    const { stderr } = run({ allow: true, apptainer: false, image: false });
    assert.match(
      stderr,
      /^Apptainer .* is not installed on this node\. The image .* CVMFS mounted/
    );
  });

  it('brings any script through unchanged', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.constantFrom('END_OF_SCRIPT', "'", '$(id)', '`id`', '\\', 'EOF', '#!', ''),
            fc.stringMatching(/^[\x20-\x7e]*$/)
          ),
          { maxLength: 8 }
        ),
        lines => {
          const script = ['#!/bin/cat', 'first', ...lines].join('\n').replace(/\n+$/, '');
          const { stdout } = run({ script });
          assert.equal(stdout.slice(stdout.indexOf('#!/bin/cat')), `${script}\n`);
        }
      ),
      { numRuns: 15 }
    );
  });
});
