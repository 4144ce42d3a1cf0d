import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { after, describe, it } from 'node:test';
import type { Job, Transfer } from '#contract';
import { startFaultyStore } from '../fakes/faulty-store/server.ts';
import { CompanionProcess } from '../support/companion-process.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';
import { main, runCommand, startCommand } from './run-command.ts';

const folder = tempDir('cli-interrupted');
const store = await startFaultyStore();
after(() => store.close());
const bytes = new Uint8Array(400_000).fill(7);
const profileFile = path.join(folder, 'lab.yaml');
writeFileSync(
  profileFile,
  JSON.stringify({
    id: 'lab',
    title: 'Lab',
    stores: [{ id: 's', title: 'Store', kind: 'http', url: store.url }],
    clusters: [{ id: 'here', title: 'Here', kind: 'local', data_roots: [folder] }],
    transfers: { default_target: folder, roots: [folder] }
  })
);
const script = path.join(folder, 'wait.sh');
writeFileSync(script, 'echo begun\nuntil [ -e end ]; do sleep 0.1; done\necho ended\n');

/** A companion for which the facility is chosen already. */
async function start(stateDir = tempDir('cli-state')): Promise<CompanionProcess> {
  const companion = new CompanionProcess(stateDir, {
    lingerMs: 20_000,
    profilePaths: [profileFile],
    defaultProfile: 'lab'
  });
  await companion.ready();
  return companion;
}

/** A command that waits for what it has just started, whose id it has said. */
async function startWaiting(companion: CompanionProcess, args: readonly string[]) {
  const command = startCommand(companion.stateDir, args);
  let said = '';
  command.child.stderr?.on('data', (piece: Buffer) => {
    said += piece.toString();
  });
  const id = await until('an id', () => /^([jt]_\w+): /.exec(said)?.[1]);
  return { ...command, id };
}

/** A pull of which half can come; without `store.holdAfter` the rest comes, too. */
function startPull(companion: CompanionProcess, name: string) {
  store.objects.set(`/${name}`, { bytes });
  store.holdAfter = store.served() + bytes.byteLength / 2;
  return startWaiting(companion, ['pull', `${store.url}/${name}`]);
}

function startJob(companion: CompanionProcess) {
  const workdir = mkdtempSync(path.join(folder, 'job-'));
  return startWaiting(companion, ['submit', script, '--workdir', workdir, '--wait']).then(
    command => ({ ...command, end: () => writeFileSync(path.join(workdir, 'end'), '') })
  );
}

async function stop(companion: CompanionProcess): Promise<void> {
  companion.child.kill('SIGTERM');
  await companion.exited;
}

describe('a command that waits', () => {
  it('says on Ctrl-C that the pull goes on, how to watch it and how to cancel it', async () => {
    const companion = await start();
    const { child, ended, id } = await startPull(companion, 'a.h5');
    child.kill('SIGINT');
    const { signal, stdout, stderr } = await ended;
    assert.equal(signal, 'SIGINT');
    assert.equal(stdout, '');
    assert.equal(
      stderr,
      `${id}: into ${folder}/a.h5\nThe transfer goes on without you.\n` +
        `Watch it:  jupyter panosc transfer ${id} --wait\n` +
        `Cancel it: jupyter panosc transfer ${id} cancel\n`
    );
    store.holdAfter = Infinity;
    const watched = await runCommand(companion.stateDir, ['transfer', id, '--wait', '--json']);
    assert.equal(watched.code, 0);
    assert.equal((JSON.parse(watched.stdout) as Transfer).state, 'as-sent');
    const { stdout: list } = await runCommand(companion.stateDir, ['transfers']);
    assert.match(list, /^ID +STATE +DONE +FILES +BEGUN +NAME\n/);
    assert.match(list, new RegExp(`^${id} +as sent +400 kB +1/1 +\\S+( \\d+)? +a\\.h5$`, 'm'));
    await stop(companion);
  });

  it('says on Ctrl-C that the job goes on, and lets its log be left', async () => {
    const companion = await start();
    const { child, ended, id, end } = await startJob(companion);
    child.kill('SIGINT');
    const { signal, stderr } = await ended;
    assert.equal(signal, 'SIGINT');
    assert.match(stderr, /The job goes on without you\.\n/);
    assert.ok(stderr.includes(`jupyter panosc job ${id} --wait\n`));
    assert.ok(stderr.includes(`jupyter panosc job ${id} cancel\n`));

    const log = startCommand(companion.stateDir, ['job', id, 'log']);
    await new Promise(resolve => log.child.stdout?.once('data', resolve));
    log.child.kill('SIGINT');
    const left = await log.ended;
    assert.deepEqual([left.signal, left.stderr], ['SIGINT', '']);

    end();
    const watched = await runCommand(companion.stateDir, ['job', id, '--wait', '--json']);
    assert.equal(watched.code, 0, watched.stderr);
    assert.equal((JSON.parse(watched.stdout) as Job).state, 'completed');
    const { stderr: complaint } = await promisify(execFile)(
      'sh',
      ['-c', '"$0" "$1" cli job "$2" log | true', process.execPath, main, id],
      {
        env: { ...process.env, PANOSC_SOCKET_FILE: path.join(companion.stateDir, 'companion.json') }
      }
    );
    assert.equal(complaint, '', 'a reader that goes away is no error');
    const { stdout } = await runCommand(companion.stateDir, ['jobs']);
    assert.match(stdout, /^ID +STATE +TIME +SENT +NAME\n/);
    assert.match(stdout, new RegExp(`^${id} +completed +\\d+ s +\\S+( \\d+)? +wait$`, 'm'));
    assert.equal(stdout.split(id).length, 2, 'the id of a local job stands there once');
    await stop(companion);
  });

  it('goes on with the next companion when the first was killed', async () => {
    const first = await start();
    const pull = await startPull(first, 'b.h5');
    const job = await startJob(first);
    const log = startCommand(first.stateDir, ['job', job.id, 'log']);
    await new Promise(resolve => log.child.stdout?.once('data', resolve));
    first.child.kill('SIGKILL');
    await first.exited;
    const second = await start(first.stateDir);
    store.holdAfter = Infinity;
    job.end();
    const [pulled, ran, logged] = await Promise.all([pull.ended, job.ended, log.ended]);
    assert.equal(pulled.code, 0, pulled.stderr);
    assert.match(pulled.stdout, /as sent/);
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stdout, /completed/);
    assert.equal(logged.code, 0, logged.stderr);
    assert.equal(logged.stdout, 'begun\nended\n');
    await stop(second);
  });

  it('ends with 4 and one sentence each when no companion comes', async () => {
    const companion = await start();
    const pull = await startPull(companion, 'c.h5');
    const job = await startJob(companion);
    const log = startCommand(companion.stateDir, ['job', job.id, 'log']);
    await new Promise(resolve => log.child.stdout?.once('data', resolve));
    companion.child.kill('SIGKILL');
    const [pulled, ran, logged] = await Promise.all([pull.ended, job.ended, log.ended]);
    job.end();
    store.holdAfter = Infinity;
    assert.deepEqual([pulled.code, ran.code, logged.code], [4, 4, 4]);
    const ended = 'jupyter panosc: The companion ended;';
    assert.equal(
      pulled.stderr,
      `${pull.id}: into ${folder}/c.h5\n${ended} the transfer is kept. Go on:\njupyter panosc transfer ${pull.id} --wait\n`
    );
    assert.equal(
      ran.stderr,
      `${job.id}: submitted\n${ended} the job is kept. Go on:\njupyter panosc job ${job.id} --wait\n`
    );
    assert.equal(
      logged.stderr,
      `${ended} the job is kept. Go on:\njupyter panosc job ${job.id} log\n`
    );
  });
});
