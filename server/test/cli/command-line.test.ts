import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { after, describe, it, type TestContext } from 'node:test';
import type { Dataset, Doctor, Page } from '#contract';
import { startSearchApi } from '../fakes/search-api/server.ts';
import { CompanionProcess } from '../support/companion-process.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';
import { runCommand, startCommand } from './run-command.ts';

const folder = tempDir('cli');
const catalogue = await startSearchApi([
  {
    pid: '10.5072/a',
    title: 'Steel \u001b[31mred\u001b[0m',
    isPublic: true,
    creationDate: '2026-01-01T00:00:00.000Z',
    size: 1000,
    files: [{ id: '1', name: 'a.h5', path: '/a.h5', size: 1000 }]
  },
  ...['tin one', 'tin two'].map(title => ({
    pid: `10.5072/${title.replace(' ', '-')}`,
    title,
    isPublic: true,
    creationDate: '2026-01-01T00:00:00.000Z',
    size: 1,
    files: []
  }))
]);
after(() => catalogue.close());
const profileFile = path.join(folder, 'lab.yaml');
writeFileSync(
  profileFile,
  JSON.stringify({
    id: 'lab',
    title: 'Lab',
    catalogues: [
      {
        id: 'c',
        title: 'Catalogue',
        kind: 'panosc-search',
        api: catalogue.api,
        file_url: 'http://127.0.0.1:9/{path}'
      }
    ],
    transfers: { default_target: folder, roots: [folder] }
  })
);

const nowhere = path.join(folder, 'nowhere');
/** A companion that ends with its test. */
async function startFor(t: TestContext, stateDir: string): Promise<CompanionProcess> {
  const companion = new CompanionProcess(stateDir, { lingerMs: 3000 });
  await companion.ready();
  t.after(async () => {
    companion.child.kill('SIGTERM');
    await companion.exited;
  });
  return companion;
}

/** Removed at the end of the file, when their companions have ended. */
const stateDirs = {
  doctor: tempDir('cli-doctor'),
  silent: tempDir('cli-silent'),
  chosen: tempDir('cli-chosen')
};

describe('jupyter panosc', () => {
  it('exits with 4 and one sentence when there is no companion', async () => {
    const { code, stdout, stderr } = await runCommand(nowhere, ['whoami']);
    assert.equal(code, 4);
    assert.equal(stdout, '');
    assert.match(stderr, /^jupyter panosc: The companion does not run\. Try again\.\n$/);
  });

  it('exits with 2 on wrong usage, before it asks anybody', async () => {
    const cases: readonly (readonly [string[], RegExp])[] = [
      [['fly'], /there is no command "fly"; see: jupyter panosc help/],
      [['toString'], /there is no command/],
      [['--colour'], /there is no option --colour/],
      [['--profile'], /--profile needs a FILE/],
      [['pull'], /"pull" needs PID_OR_URL; see: jupyter panosc pull --help/],
      [['search'], /"search" needs TEXT/],
      [['pull', 'a', 'b'], /"pull" takes only PID_OR_URL/],
      [['gpus', 'a40'], /"gpus" takes no operands/],
      [['search', '--colour', 'x'], /"search" has no option --colour; see/],
      [['pull', 'x', '--to'], /--to needs a value/],
      [['pull', 'x', '--to', '--only', 'y'], /--to needs a value/],
      [['pull', 'x', '--no-wait=1'], /--no-wait takes no value/],
      [['whoami', '--profile', 'x'], /--profile stands before the command/]
    ];
    for (const [args, sentence] of cases) {
      const { code, stdout, stderr } = await runCommand(nowhere, args);
      assert.equal(code, 2, args.join(' '));
      assert.equal(stdout, '');
      assert.match(stderr, sentence);
    }
    assert.equal((await runCommand(nowhere, [])).code, 2);
  });

  it('says that a profile file is missing, in words', async () => {
    const file = path.join(folder, 'missing.yaml');
    for (const [wrong, sentence] of [
      [file, `jupyter panosc: there is no profile file ${file}\n`],
      [folder, `jupyter panosc: --profile needs a file, and ${folder} is none\n`]
    ] as const) {
      const env = { PANOSC_PROFILE_FILE: wrong };
      const { code, stderr } = await runCommand(nowhere, ['--profile', wrong, 'whoami'], env);
      assert.equal(code, 2);
      assert.equal(stderr, sentence);
    }
  });

  it('explains every command without a companion, at 80 columns', async () => {
    const { code, stdout } = await runCommand(nowhere, ['help']);
    assert.equal(code, 0);
    const names = [...stdout.matchAll(/^ {2}([a-z]+)(?= )/gm)].map(([, name]) => name ?? '');
    assert.ok(names.length >= 14, names.join(' '));
    const ways = [
      ...names.map(name => [name, '--help']),
      ...[
        ['help', 'pull'],
        ['--help', 'pull'],
        ['pull', 'x', '-h'],
        ['pull', '-h']
      ]
    ];
    for (const args of ways) {
      const said = await runCommand(nowhere, args);
      assert.equal(said.code, 0, args.join(' '));
      assert.equal(said.stderr, '');
      const name = args.find(word => names.includes(word)) ?? '';
      assert.ok(said.stdout.startsWith(`usage: jupyter panosc ${name}`), said.stdout);
      assert.match(said.stdout, /--json/);
      assert.ok(
        said.stdout.split('\n').every(line => line.length < 80),
        said.stdout
      );
    }
    const pull = await runCommand(nowhere, ['pull', '--help']);
    assert.match(pull.stdout, /--to DIR .*folder/);
    assert.ok(
      stdout.split('\n').every(line => line.length < 80),
      stdout
    );
  });

  it('lists the facilities, lets a person choose, and asks with exit code 3 until then', async () => {
    const companion = new CompanionProcess(tempDir('cli-state'), {
      lingerMs: 3000,
      profilePaths: [profileFile]
    });
    await companion.ready();
    const asked = await runCommand(companion.stateDir, ['search', 'steel']);
    assert.equal(asked.code, 3);
    assert.match(asked.stderr, /No facility is chosen yet\./);
    assert.match(asked.stderr, /lab {2}Lab\n/);
    assert.match(asked.stderr, /jupyter panosc facility ID\n/);
    assert.match(asked.stderr, /jupyter panosc --profile FILE COMMAND\n/);
    assert.equal((await runCommand(companion.stateDir, ['signin'])).code, 3);
    const listed = await runCommand(companion.stateDir, ['facility']);
    assert.equal(listed.code, 3);
    assert.equal(listed.stdout, '   lab  Lab\n');

    const wrong = await runCommand(companion.stateDir, ['facility', 'lap']);
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /There is no facility profile "lap"\.\n/);
    const chosen = await runCommand(companion.stateDir, ['facility', 'lab']);
    assert.equal(chosen.code, 0);
    assert.equal(chosen.stdout, 'Lab is chosen.\n*  lab  Lab\n');
    const json = await runCommand(companion.stateDir, ['facility', '--json']);
    assert.equal((JSON.parse(json.stdout) as { active: { id: string } }).active.id, 'lab');
    assert.equal((await runCommand(companion.stateDir, ['search', 'steel'])).code, 0);
    companion.child.kill('SIGTERM');
    await companion.exited;
  });

  it('takes a profile file, searches in it, and cleans what it prints', async () => {
    const companion = new CompanionProcess(tempDir('cli-state'), { lingerMs: 3000 });
    await companion.ready();
    const env = { PANOSC_PROFILE_FILE: profileFile };
    const refused = await runCommand(companion.stateDir, ['search', 'steel']);
    assert.equal(refused.code, 3);
    assert.match(refused.stderr, /Bring one: +jupyter panosc --profile FILE/);

    const plain = await runCommand(companion.stateDir, ['search', 'steel'], env);
    assert.equal(plain.code, 0);
    assert.equal(plain.stdout, '10.5072/a  1 kB  1 file  fits  Steel red\n');

    const json = await runCommand(
      companion.stateDir,
      ['search', 'steel', '--limit', '1', '--json'],
      env
    );
    const page = JSON.parse(json.stdout) as Page<Dataset>;
    assert.equal(page.items[0]?.fileCount, 1);

    const who = await runCommand(companion.stateDir, ['--json', 'whoami']);
    assert.equal(who.code, 3);
    assert.equal((JSON.parse(who.stdout) as { state: string }).state, 'signed-out');

    const cut = await runCommand(companion.stateDir, ['search', 'tin', '--limit', '1'], env);
    assert.match(cut.stderr, /There are more than these 1\. See more: --limit 200/);
    assert.ok(!plain.stderr.includes('more than'), 'not said of a whole list');
    const bad = await runCommand(companion.stateDir, ['search', 'steel', '--limit', '1000']);
    assert.equal(bad.code, 2);
    companion.child.kill('SIGTERM');
    await companion.exited;
  });

  it('says an unexpected error in one sentence, with its stack for those who ask', async () => {
    const stateDir = tempDir('cli-garbled');
    const socket = path.join(stateDir, 's');
    const garbled = createServer((_request, response) => response.end('<h1>Hello</h1>'));
    await new Promise<void>(resolve => garbled.listen(socket, resolve));
    writeFileSync(path.join(stateDir, 'companion.json'), JSON.stringify({ socket, secret: 'x' }));
    const { code, stdout, stderr } = await runCommand(stateDir, ['whoami']);
    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /^jupyter panosc: An unexpected error: .*\n$/);
    const debug = await runCommand(stateDir, ['whoami'], { PANOSC_DEBUG: '1' });
    assert.match(debug.stderr, /\n {4}at /);
    garbled.close();
  });

  it('does not let a browser bring a profile file', async () => {
    const companion = new CompanionProcess(tempDir('cli-state'));
    const client = await companion.attach();
    const answer = await companion.ask<{ type: string }>('PUT', '/v1/facility', {
      body: { file: profileFile },
      headers: { 'x-forwarded-prefix': '/user/alice/panosc' }
    });
    assert.equal(answer.status, 403);
    assert.equal(answer.body.type, '/problems/path-not-allowed');
    client.destroy();
    await companion.exited;
  });

  it('is a probe: doctor says with its exit code how things are', async t => {
    const companion = await startFor(t, stateDirs.doctor);
    const env = { PANOSC_PROFILE_FILE: profileFile };
    const good = await runCommand(companion.stateDir, ['doctor', '--json'], env);
    const found = JSON.parse(good.stdout) as Doctor;
    const catalogueOf = ({ checks }: Doctor) => checks.find(({ id }) => id === 'datasets.c');
    assert.equal(catalogueOf(found)?.state, 'ok');
    assert.equal(good.code, { skipped: 0, ok: 0, warning: 1, failed: 2, unknown: 3 }[found.state]);

    catalogue.fault('status-500');
    const bad = await runCommand(companion.stateDir, ['doctor']);
    assert.equal(bad.code, 2);
    assert.match(bad.stdout, /^BROKEN +Catalogue: .*500/m);
    const report = await runCommand(companion.stateDir, ['doctor', '--report']);
    assert.match(report.stdout, /^jupyterlab-panosc .*\nfacility: lab · /);
    assert.match(report.stdout, /^FAILED +datasets\.c: /m);
  });

  it('does not say that a job was submitted while the scheduler has not taken it', async t => {
    const bin = path.join(folder, 'bin');
    mkdirSync(bin);
    for (const name of ['sbatch', 'squeue', 'sacct', 'sinfo', 'scontrol']) {
      const silent = `#!/bin/sh\necho '${name}: error: Unable to contact slurm controller' >&2\nexit 1\n`;
      writeFileSync(path.join(bin, name), silent, { mode: 0o755 });
    }
    const silentFile = path.join(folder, 'silent.yaml');
    const cluster = { id: 'c', title: 'Cluster', kind: 'slurm-cli', bin, data_roots: [folder] };
    writeFileSync(silentFile, JSON.stringify({ id: 'silent', title: 'S', clusters: [cluster] }));
    const script = path.join(folder, 'job.sh');
    writeFileSync(script, 'true\n');
    const companion = await startFor(t, stateDirs.silent);
    const env = { PANOSC_PROFILE_FILE: silentFile };
    const args = ['submit', script, '--workdir', folder];
    const alone = await runCommand(companion.stateDir, args, env);
    assert.equal(alone.code, 1);
    assert.match(alone.stderr, /controller does not answer|did not answer/);

    const { child, ended } = startCommand(companion.stateDir, [...args, '--wait'], env);
    let said = '';
    child.stderr?.on('data', (piece: Buffer) => {
      said += piece.toString();
    });
    await until('the sentence', () => /controller does not answer|did not answer/.test(said));
    child.kill('SIGINT');
    await ended;
  });

  it('tells that a profile file stays chosen, and a broken one breaks a probe', async t => {
    const companion = await startFor(t, stateDirs.chosen);
    const second = path.join(folder, 'second.yaml');
    writeFileSync(second, JSON.stringify({ id: 'second', title: 'Second' }));
    const first = { PANOSC_PROFILE_FILE: profileFile };
    assert.equal((await runCommand(companion.stateDir, ['facility'], first)).stderr, '');
    const changed = await runCommand(companion.stateDir, ['facility'], {
      PANOSC_PROFILE_FILE: second
    });
    assert.match(
      changed.stderr,
      /^Second is chosen from now on.*Back: jupyter panosc facility lab/
    );
    writeFileSync(second, 'id: second\n');
    const broken = await runCommand(companion.stateDir, ['doctor'], {
      PANOSC_PROFILE_FILE: second
    });
    assert.equal(broken.code, 3, 'a profile that cannot be read: nothing is known');
    assert.equal((await runCommand(nowhere, ['doctor'])).code, 3);
    assert.equal((await runCommand(nowhere, ['doctor', '--nonsense'])).code, 3);
  });
});
