import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { JobState } from '#contract';
import { isAlive, startTicks } from '../../core/process-name.ts';
import { LOCK, readJob, writeStatus, type LocalJob, type LocalStatus } from './job-folder.ts';

const LOOK_MS = 1000;
/** How long nobody may be attached before the job ends: a companion or Jupyter that restarts takes less. */
const ALONE_MS = 5000;
const KILL_AFTER_MS = 3000;

function someClientLives(file: string): boolean {
  try {
    const clients = JSON.parse(readFileSync(file, 'utf8')) as {
      pid: number;
      startTicks: string | null;
    }[];
    return clients.some(isAlive);
  } catch {
    return false;
  }
}

/** What ends a job, and how it then stands in the list. */
interface Ending {
  readonly state: JobState;
  readonly reason: string | null;
}

/** The script in its own process group, so that all of it can be ended. */
function startScript(job: LocalJob): ChildProcess {
  const out = openSync(job.outPath, 'a', 0o600);
  const err = openSync(job.errPath, 'a', 0o600);
  try {
    return spawn(job.scriptPath, [], {
      cwd: job.workdir,
      env: { ...job.env },
      stdio: ['ignore', out, err],
      detached: true
    });
  } finally {
    closeSync(out);
    closeSync(err);
  }
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) {
      process.kill(-child.pid, signal);
    }
  } catch {
    // The group has ended by itself.
  }
}

/** Ends the whole group: first kindly, then surely. */
async function endGroup(child: ChildProcess): Promise<void> {
  signalGroup(child, 'SIGTERM');
  const kill = setTimeout(() => signalGroup(child, 'SIGKILL'), KILL_AFTER_MS);
  if (child.exitCode === null && child.signalCode === null) {
    await new Promise(resolve => child.once('exit', resolve));
  }
  clearTimeout(kill);
  signalGroup(child, 'SIGKILL');
}

/**
 * Runs the local job of a folder to its end and writes how it is. A second supervisor of the same folder
 * does nothing. Survives the companion; ends the job when its session has ended. Gives an exit code.
 */
export async function runLocalJob(folder: string): Promise<number> {
  const job = readJob(folder);
  if (job === null) {
    return 2;
  }
  try {
    closeSync(openSync(path.join(folder, LOCK), 'wx', 0o600));
  } catch {
    return 0;
  }
  const supervisor = { pid: process.pid, startTicks: startTicks(process.pid) };
  const startedAt = new Date().toISOString();
  const child = startScript(job);
  const base: LocalStatus = {
    state: 'running',
    supervisor,
    script: child.pid === undefined ? null : { pid: child.pid, startTicks: startTicks(child.pid) },
    startedAt,
    endedAt: null,
    exitCode: null,
    reason: null
  };
  writeStatus(folder, base);

  let ending: Ending | null = null;
  const end = (why: Ending): void => {
    if (ending === null) {
      ending = why;
      void endGroup(child);
    }
  };
  process.on('SIGTERM', () => end({ state: 'cancelled', reason: 'you cancelled it' }));
  process.on('SIGHUP', () => undefined);
  let aloneSince: number | null = null;
  const look = setInterval(() => {
    const now = performance.now();
    aloneSince = someClientLives(job.clientsFile) ? null : (aloneSince ?? now);
    if (aloneSince !== null && now - aloneSince >= ALONE_MS) {
      end({ state: 'interrupted', reason: 'the session ended, and local jobs end with it' });
    }
  }, LOOK_MS);
  const limit =
    job.timeMinutes === null
      ? undefined
      : setTimeout(
          () => end({ state: 'timeout', reason: 'it ran into its time limit' }),
          Math.min(job.timeMinutes * 60_000, 2_147_000_000)
        );

  const outcome = await new Promise<{ code: number | null; failure: string | null }>(resolve => {
    child.once('error', error => resolve({ code: null, failure: error.message }));
    child.once('exit', (code, signal) =>
      resolve({ code: code ?? (signal === null ? 1 : 137), failure: null })
    );
  });
  clearInterval(look);
  clearTimeout(limit);
  // What the script left in its group ends with it, as on a cluster.
  signalGroup(child, 'SIGKILL');
  const natural: Ending =
    outcome.failure !== null
      ? { state: 'failed', reason: `the script could not be started: ${outcome.failure}` }
      : outcome.code === 0
        ? { state: 'completed', reason: null }
        : { state: 'failed', reason: 'the script ended with an error' };
  const { reason, state } = (ending as Ending | null) ?? natural;
  writeStatus(folder, {
    ...base,
    state,
    reason,
    exitCode: outcome.code,
    endedAt: new Date().toISOString()
  });
  return 0;
}
