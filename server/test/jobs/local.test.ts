import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isAlive, startTicks } from '../../src/core/process-name.ts';
import { newId } from '../../src/core/ids.ts';
import { ClusterProfile } from '../../src/facility/profile.ts';
import { LocalScheduler } from '../../src/jobs/adapters/local.ts';
import { readOwner, readStatus, takeFolder } from '../../src/jobs/local/job-folder.ts';
import type { JobSubmission, Scheduler } from '../../src/jobs/port.ts';
import { isFinished } from '../../src/jobs/state.ts';
import { schedulerConformance } from '../conformance/scheduler.ts';
import { tempDir } from '../support/temp-dir.ts';
import { testCall } from '../support/test-call.ts';
import { until } from '../support/until.ts';

const root = tempDir('local');
const stateDir = path.join(root, 'state');
const clientsFile = path.join(stateDir, 'clients.json');
const profile = ClusterProfile.parse({ id: 'l', title: 'This machine', kind: 'local' });
const call = testCall();
mkdirSync(stateDir);

const nameClients = (pids: readonly number[]): void =>
  writeFileSync(
    clientsFile,
    JSON.stringify(pids.map(pid => ({ kind: 'jupyter', pid, startTicks: startTicks(pid) })))
  );
nameClients([process.pid]);

let count = 0;
const newFolder = (): string => {
  const folder = path.join(root, `work-${count++}`);
  mkdirSync(folder);
  return folder;
};
const open = (): Scheduler =>
  new LocalScheduler(profile, { env: process.env, stateDir, clientsFile });

function job(script: string, more: Partial<JobSubmission> = {}): JobSubmission {
  const key = newId('j');
  const workdir = newFolder();
  const folder = path.join(workdir, '.panosc', key);
  mkdirSync(folder, { recursive: true });
  const scriptPath = path.join(folder, 'script.sh');
  writeFileSync(scriptPath, script, { mode: 0o700 });
  return {
    key,
    name: 'n',
    scriptPath,
    workdir,
    logPath: path.join(folder, 'job.out'),
    partition: null,
    account: null,
    timeMinutes: null,
    cpus: null,
    memoryMB: null,
    gpus: null,
    comment: null,
    ...more
  };
}

const folderOf = (key: string): string => path.join(stateDir, 'local-jobs', key);
const status = async (key: string) => (await open().statuses([key], call)).get(key) ?? null;
const ended = (key: string, timeoutMs = 15_000) =>
  until(
    `the end of ${key}`,
    async () => {
      const now = await status(key);
      return now !== null && isFinished(now.state) ? now : null;
    },
    timeoutMs
  );
/** Waits until the script has written this file with a process number. */
const pidIn = (folder: string, name: string): Promise<number> =>
  until(`the process of ${name}`, () => {
    const file = path.join(folder, name);
    return existsSync(file) && readFileSync(file, 'utf8').endsWith('\n')
      ? Number(readFileSync(file, 'utf8'))
      : null;
  });
const hasGone = (pid: number): Promise<boolean> =>
  until(
    `the end of process ${pid}`,
    () => !isAlive({ pid, startTicks: startTicks(pid) ?? 'gone' })
  );

schedulerConformance('local', { open, folder: newFolder });

describe('local jobs', () => {
  it('leave no process behind, also one that left the group and the session', async () => {
    const wanted = job(
      '#!/bin/bash\nsleep 300 &\necho $! > group\nsetsid sh -c "echo \\$\\$ > own; exec sleep 300" &\nwhile [ ! -e own ]; do sleep 0.05; done\n'
    );
    await open().submit(wanted, call);
    const [inGroup, outside] = [
      await pidIn(wanted.workdir, 'group'),
      await pidIn(wanted.workdir, 'own')
    ];
    assert.equal((await ended(wanted.key)).state, 'completed');
    await hasGone(inGroup);
    await hasGone(outside);
  });

  it('are run once, however often they are submitted, by however many supervisors', async () => {
    const wanted = job('#!/bin/bash\necho run >> runs\nsleep 0.5\n');
    await Promise.all([1, 2, 3, 4].map(() => open().submit(wanted, call)));
    await ended(wanted.key);
    await open().submit(wanted, call);
    await until('the last supervisor', () =>
      readdirSync(folderOf(wanted.key)).every(name => !name.endsWith('.new'))
    );
    assert.equal(readFileSync(path.join(wanted.workdir, 'runs'), 'utf8'), 'run\n');
  });

  it('are interrupted when their supervisor is killed with -9, and their processes ended', async () => {
    const wanted = job(
      '#!/bin/bash\nsetsid sh -c "echo \\$\\$ > own; exec sleep 300" &\necho $$ > script\nsleep 300\n'
    );
    await open().submit(wanted, call);
    const [script, outside] = [
      await pidIn(wanted.workdir, 'script'),
      await pidIn(wanted.workdir, 'own')
    ];
    const owner = readOwner(folderOf(wanted.key));
    assert.ok(owner !== null);
    process.kill(owner.pid, 'SIGKILL');
    const last = await ended(wanted.key);
    assert.equal(last.state, 'interrupted');
    assert.match(last.reason ?? '', /watched over it was killed/);
    await hasGone(script);
    await hasGone(outside);
  });

  it('are interrupted when the supervisor died before it could write anything', async () => {
    const wanted = job('#!/bin/bash\ntouch ran\n');
    const gone = spawn('true');
    await new Promise(resolve => gone.once('exit', resolve));
    mkdirSync(folderOf(wanted.key), { recursive: true });
    takeFolder(folderOf(wanted.key), { pid: gone.pid ?? 0, startTicks: '1' });
    await open().submit(wanted, call);
    assert.equal((await ended(wanted.key)).state, 'interrupted');
    assert.ok(!existsSync(path.join(wanted.workdir, 'ran')));
  });

  it('do not start any more when they were cancelled before their supervisor came', async () => {
    const wanted = job('#!/bin/bash\ntouch ran\n');
    await open().submit(wanted, call);
    assert.equal(await open().cancel(wanted.key, call), true);
    assert.equal((await ended(wanted.key)).state, 'cancelled');
    await open().submit(wanted, call);
    assert.ok(!existsSync(path.join(wanted.workdir, 'ran')));
  });

  it('say that a script cannot be started', async () => {
    const wanted = job('#!/no/such/interpreter\n');
    await open().submit(wanted, call);
    const last = await ended(wanted.key);
    assert.equal(last.state, 'failed');
    assert.match(last.reason ?? '', /could not be started/);
    const gone = job('#!/bin/sh\n', { workdir: path.join(root, 'nowhere') });
    await open().submit(gone, call);
    assert.equal((await ended(gone.key)).state, 'failed');
  });

  it('see an allow-listed environment, and nothing of ours', async () => {
    const wanted = job('#!/bin/bash\nenv | cut -d= -f1 | sort | tr "\\n" " "\n');
    const secret = new LocalScheduler(profile, {
      env: { ...process.env, JUPYTERHUB_API_TOKEN: 'x', PANOSC_STATE: 'y' },
      stateDir,
      clientsFile
    });
    await secret.submit(wanted);
    await ended(wanted.key);
    assert.doesNotMatch(readFileSync(wanted.logPath, 'utf8'), /TOKEN|PANOSC_STATE/);
    assert.match(readFileSync(wanted.logPath, 'utf8'), /PANOSC_JOB_ID/);
  });

  it('refuse an id that is a path', async () => {
    await assert.rejects(async () => open().statuses(['../x'], call));
  });
});

describe('the session of local jobs', () => {
  let session: ChildProcess;
  before(() => {
    session = spawn('sleep', ['300']);
    nameClients([session.pid ?? 0]);
  });
  after(() => {
    session.kill('SIGKILL');
    nameClients([process.pid]);
  });

  it('ends them, as interrupted, when its last client has gone; other ends stay', async () => {
    const wanted = job('#!/bin/bash\necho $$ > script\nsleep 300\n');
    const quick = job('#!/bin/bash\nexit 4\n');
    await open().submit(wanted, call);
    await open().submit(quick, call);
    assert.equal((await ended(quick.key)).exitCode, 4);
    const script = await pidIn(wanted.workdir, 'script');
    session.kill('SIGKILL');
    const last = await ended(wanted.key, 30_000);
    assert.equal(last.state, 'interrupted');
    assert.match(last.reason ?? '', /session ended/);
    await hasGone(script);
    assert.equal(readStatus(folderOf(quick.key))?.state, 'failed');
  });
});
