import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { JobState } from '#contract';
import { isAlive, startTicks } from '../../core/process-name.ts';
import { readJob, takeFolder, writeStatus, type LocalJob, type LocalStatus } from './job-folder.ts';
import { endMarkedProcesses } from './marked-processes.ts';

const LOOK_MS = 1000;
/** How long nobody may be attached before the job ends: a companion or Jupyter that restarts takes less. */
const ALONE_MS = 5000;
const KILL_AFTER_MS = 3000;
/** The longest that a timer of Node may wait. */
const LONGEST_TIMER_MS = 2_147_000_000;

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
function endGroup(child: ChildProcess): void {
  signalGroup(child, 'SIGTERM');
  const kill = setTimeout(() => signalGroup(child, 'SIGKILL'), KILL_AFTER_MS);
  child.once('exit', () => clearTimeout(kill));
}

/** Calls back once: when the session has ended, the time is over, or somebody cancels. */
function watch(job: LocalJob, end: (why: Ending) => void): () => void {
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
          Math.min(job.timeMinutes * 60_000, LONGEST_TIMER_MS)
        );
  process.on('SIGTERM', () => end({ state: 'cancelled', reason: 'you cancelled it' }));
  // The terminal or session that once started us is not what ends us.
  process.on('SIGHUP', () => undefined);
  process.on('SIGINT', () => undefined);
  return () => {
    clearInterval(look);
    clearTimeout(limit);
  };
}

interface Outcome {
  readonly code: number | null;
  readonly failure: string | null;
}

function outcomeOf(child: ChildProcess): Promise<Outcome> {
  return new Promise(resolve => {
    child.once('error', error => resolve({ code: null, failure: error.message }));
    child.once('exit', (code, signal) =>
      resolve({ code: code ?? (signal === null ? 1 : 137), failure: null })
    );
  });
}

function naturalEnding({ code, failure }: Outcome): Ending {
  if (failure !== null) {
    return { state: 'failed', reason: `the script could not be started: ${failure}` };
  }
  return code === 0
    ? { state: 'completed', reason: null }
    : { state: 'failed', reason: 'the script ended with an error' };
}

/**
 * Runs the local job of a folder to its end and writes how it is. A second supervisor of the same folder
 * does nothing. Survives the companion; ends the job when its session has ended. Gives an exit code.
 */
export async function runLocalJob(folder: string): Promise<number> {
  const job = readJob(folder);
  const self = { pid: process.pid, startTicks: startTicks(process.pid) };
  if (job === null) {
    return 2;
  }
  const base: LocalStatus = {
    state: 'running',
    supervisor: self,
    script: null,
    startedAt: new Date().toISOString(),
    endedAt: null,
    exitCode: null,
    reason: null
  };
  let ending: Ending | null = null;
  let child: ChildProcess | null = null;
  const stopWatching = watch(job, why => {
    if (ending === null) {
      ending = why;
      if (child !== null) {
        endGroup(child);
      }
    }
  });
  // Only now, when a signal finds its handler, others may see who has the job.
  if (!takeFolder(folder, self)) {
    stopWatching();
    return 0;
  }
  let outcome: Outcome;
  try {
    child = startScript(job);
    const ended = outcomeOf(child);
    const pid = child.pid;
    writeStatus(folder, {
      ...base,
      script: pid === undefined ? null : { pid, startTicks: startTicks(pid) }
    });
    outcome = await ended;
    signalGroup(child, 'SIGKILL');
  } catch (error) {
    outcome = { code: null, failure: error instanceof Error ? error.message : 'unknown error' };
  }
  stopWatching();
  // What the script left behind ends with it, as on a cluster: its group, and what has left the group.
  endMarkedProcesses(folder);
  const { reason, state } = (ending as Ending | null) ?? naturalEnding(outcome);
  writeStatus(folder, {
    ...base,
    state,
    reason,
    exitCode: outcome.code,
    endedAt: new Date().toISOString()
  });
  return 0;
}
