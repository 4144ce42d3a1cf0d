import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Accelerator, Partition } from '#contract';
import type { CallContext } from '../../core/call-context.ts';
import { isAlive } from '../../core/process-name.ts';
import { childEnv } from '../../core/run-command.ts';
import type { ClusterProfile } from '../../facility/profile.ts';
import {
  LOCK,
  readJob,
  readStatus,
  writeJob,
  writeStatus,
  type LocalStatus
} from '../local/job-folder.ts';
import { startSupervisor } from '../local/start-supervisor.ts';
import type { JobStatus, JobSubmission, Scheduler } from '../port.ts';
import { schedulerFeatures } from './features.ts';

const CANCEL_LOOKS = 60;
const CANCEL_PAUSE_MS = 100;
const safeKey = /^[a-z]_[a-z0-9]+$/;

/** Processes of this machine, for a laptop without a scheduler. A job's id is its operation's id. */
export class LocalScheduler implements Scheduler {
  readonly id: string;
  readonly title: string;
  readonly features = schedulerFeatures.local;
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
        env: { ...this.#env, PANOSC_JOB_ID: job.key },
        submittedAt: new Date().toISOString()
      });
    }
    // Safe to repeat: only the first supervisor gets the lock.
    startSupervisor(folder, this.#env);
    return Promise.resolve({ jobId: job.key });
  }

  findByKey(key: string): Promise<{ jobId: string } | null> {
    const isStarted = existsSync(path.join(this.#folder(key), LOCK));
    return Promise.resolve(isStarted ? { jobId: key } : null);
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

  async cancel(jobId: string, call: CallContext): Promise<boolean> {
    const status = readStatus(this.#folder(jobId));
    if (status?.state === 'running' && isAlive(status.supervisor)) {
      process.kill(status.supervisor.pid, 'SIGTERM');
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
    const status = this.#buryTheDead(folder, readStatus(folder));
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

  /** A supervisor that was killed with -9 left its script behind: that is ended, and the job is over. */
  #buryTheDead(folder: string, status: LocalStatus | null): LocalStatus | null {
    if (status?.state !== 'running' || isAlive(status.supervisor)) {
      return status;
    }
    // It may have written its last word between our two looks.
    const latest = readStatus(folder) ?? status;
    if (latest.state !== 'running') {
      return latest;
    }
    if (latest.script !== null && isAlive(latest.script)) {
      process.kill(-latest.script.pid, 'SIGKILL');
    }
    const buried: LocalStatus = {
      ...latest,
      state: 'interrupted',
      reason: 'what watched over it was killed',
      endedAt: new Date().toISOString()
    };
    writeStatus(folder, buried);
    return buried;
  }

  #folder(key: string): string {
    if (!safeKey.test(key)) {
      throw new TypeError('not the id of an operation');
    }
    return path.join(this.#root, key);
  }
}
