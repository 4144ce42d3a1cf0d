import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Accelerator, Partition } from '#contract';
import type { CallContext } from '../../core/call-context.ts';
import { isAlive, startTicks } from '../../core/process-name.ts';
import { childEnv } from '../../core/run-command.ts';
import type { ClusterProfile } from '../../facility/profile.ts';
import {
  readJob,
  readOwner,
  readStatus,
  takeFolder,
  writeJob,
  writeStatus,
  type LocalJob,
  type LocalStatus
} from '../local/job-folder.ts';
import { endMarkedProcesses, MARK } from '../local/marked-processes.ts';
import { startSupervisor } from '../local/start-supervisor.ts';
import type { JobStatus, JobSubmission, KeyLookup, Scheduler } from '../port.ts';
import { schedulerFeatures } from './features.ts';

/** Whoever was started and has not taken the job after this long will not take it any more. */
const START_MS = 15_000;
const CANCEL_LOOKS = 80;
const CANCEL_PAUSE_MS = 100;
const safeKey = /^[a-z]_[a-z0-9]+$/;

/** Processes of this machine, for a laptop without a scheduler. A job's id is its operation's id. */
export class LocalScheduler implements Scheduler {
  readonly id: string;
  readonly title: string;
  readonly features = schedulerFeatures.local;
  /** The folder's lock lets a submission be repeated. */
  readonly submitSettlesMs = 0;
  readonly #root: string;
  readonly #clientsFile: string;
  readonly #env: Record<string, string>;

  constructor(
    profile: ClusterProfile,
    options: {
      env: Readonly<Record<string, string | undefined>>;
      stateDir: string;
      clientsFile: string;
    }
  ) {
    this.id = profile.id;
    this.title = profile.title;
    this.#root = path.join(options.stateDir, 'local-jobs');
    this.#clientsFile = options.clientsFile;
    this.#env = childEnv(options.env);
  }

  partitions(): Promise<Partition[]> {
    return Promise.resolve([]);
  }

  accelerators(): Promise<Accelerator[]> {
    return Promise.resolve([]);
  }

  standing(): Promise<null> {
    return Promise.resolve(null);
  }

  submit(job: JobSubmission): Promise<{ jobId: string }> {
    const folder = this.#folder(job.key);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (readJob(folder) === null) {
      writeJob(folder, {
        scriptPath: job.scriptPath,
        workdir: job.workdir,
        outPath: job.logPath,
        errPath: job.logPath.replace(/\.out$/, '.err'),
        timeMinutes: job.timeMinutes,
        clientsFile: this.#clientsFile,
        env: { ...this.#env, PANOSC_JOB_ID: job.key, [MARK]: folder },
        submittedAt: new Date().toISOString()
      });
    }
    // Safe to repeat: only the first supervisor gets the lock.
    startSupervisor(folder, this.#env);
    return Promise.resolve({ jobId: job.key });
  }

  findByKey(key: string): Promise<KeyLookup> {
    const isTaken = readOwner(this.#folder(key)) !== null;
    return Promise.resolve(isTaken ? { found: 'job', jobId: key } : { found: 'none' });
  }

  statuses(jobIds: readonly string[]): Promise<Map<string, JobStatus>> {
    const found = new Map<string, JobStatus>();
    for (const jobId of jobIds) {
      const status = this.#status(jobId);
      if (status !== null) {
        found.set(jobId, status);
      }
    }
    return Promise.resolve(found);
  }

  grant(): Promise<string | null> {
    return Promise.resolve(null);
  }

  async cancel(jobId: string, call: CallContext): Promise<boolean> {
    const folder = this.#folder(jobId);
    if (readOwner(folder) === null) {
      this.#takeUnstarted(folder, 'cancelled', 'you cancelled it');
    }
    const owner = readOwner(folder);
    if (owner !== null && isAlive(owner) && owner.pid !== process.pid) {
      process.kill(owner.pid, 'SIGTERM');
    }
    for (let look = 0; look < CANCEL_LOOKS; look++) {
      const now = this.#status(jobId);
      if (now !== null && now.state !== 'running' && now.state !== 'queued') {
        return true;
      }
      await call.clock.sleep(CANCEL_PAUSE_MS, call.signal);
    }
    return false;
  }

  #status(jobId: string): JobStatus | null {
    const folder = this.#folder(jobId);
    const job = readJob(folder);
    if (job === null) {
      return null;
    }
    const status = this.#look(folder, job);
    const end = status?.endedAt ?? new Date().toISOString();
    return {
      jobId,
      state: status?.state ?? 'queued',
      rawState: status?.state ?? null,
      reason: status === null ? 'it is being started' : status.reason,
      partition: null,
      submittedAt: job.submittedAt,
      startedAt: status?.startedAt ?? null,
      endedAt: status?.endedAt ?? null,
      elapsedSeconds:
        status === null
          ? null
          : Math.max(0, (Date.parse(end) - Date.parse(status.startedAt)) / 1000),
      timeLimitSeconds: job.timeMinutes === null ? null : job.timeMinutes * 60,
      exitCode: status?.exitCode ?? null,
      nodes: null,
      gpusAsked: null,
      gpusGranted: null
    };
  }

  /** What the supervisor wrote; of one that is dead or never came, what that means. */
  #look(folder: string, job: LocalJob): LocalStatus | null {
    const owner = readOwner(folder);
    const status = readStatus(folder);
    if (owner === null) {
      if (Date.now() - Date.parse(job.submittedAt) > START_MS) {
        this.#takeUnstarted(folder, 'interrupted', 'it could not be started');
      }
      return readStatus(folder);
    }
    if ((status !== null && status.state !== 'running') || isAlive(owner)) {
      return status;
    }
    // It may have written its last word between our looks.
    const latest = readStatus(folder);
    return latest !== null && latest.state !== 'running'
      ? latest
      : this.#bury(folder, owner.pid, latest);
  }

  /** A supervisor that was killed with -9 left its script behind: that is ended, and the job is over. */
  #bury(folder: string, supervisor: number, latest: LocalStatus | null): LocalStatus {
    if (latest?.script != null && isAlive(latest.script)) {
      try {
        process.kill(-latest.script.pid, 'SIGKILL');
      } catch {
        // It ended at this very moment.
      }
    }
    endMarkedProcesses(folder);
    const now = new Date().toISOString();
    const buried: LocalStatus = {
      supervisor: { pid: supervisor, startTicks: null },
      script: null,
      startedAt: now,
      exitCode: null,
      ...latest,
      state: 'interrupted',
      reason: 'the process that watched over it was killed',
      endedAt: now
    };
    writeStatus(folder, buried);
    return buried;
  }

  /** Takes a job that no supervisor has taken, so that none will, and writes its end. */
  #takeUnstarted(folder: string, state: LocalStatus['state'], reason: string): void {
    const self = { pid: process.pid, startTicks: startTicks(process.pid) };
    if (takeFolder(folder, self)) {
      const now = new Date().toISOString();
      writeStatus(folder, {
        state,
        supervisor: self,
        script: null,
        startedAt: now,
        endedAt: now,
        exitCode: null,
        reason
      });
    }
  }

  #folder(key: string): string {
    if (!safeKey.test(key)) {
      throw new TypeError('not the id of an operation');
    }
    return path.join(this.#root, key);
  }
}
