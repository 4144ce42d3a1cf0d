import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { JobRequest, type Job } from '#contract';
import { Config } from '../../src/config/schema.ts';
import type { CallContext } from '../../src/core/call-context.ts';
import { makeLog } from '../../src/core/log.ts';
import { problem } from '../../src/core/problem.ts';
import { FacilityService } from '../../src/facility/service.ts';
import { schedulerFeatures } from '../../src/jobs/adapters/features.ts';
import { Clusters } from '../../src/jobs/clusters.ts';
import type { JobStatus, JobSubmission, KeyLookup, Scheduler } from '../../src/jobs/port.ts';
import { JobService } from '../../src/jobs/service.ts';
import type { Parts } from '../../src/parts.ts';
import { openDatabase } from '../../src/store/database.ts';
import { EventLog } from '../../src/store/event-log.ts';
import { SettingsStore } from '../../src/store/settings-store.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { tempDir } from '../support/temp-dir.ts';
import { testCall } from '../support/test-call.ts';

/** How long a submission of the scheduler in memory may still arrive. */
export const SETTLES_MS = 60_000;
/** What becomes of one submission. */
type Fate = 'taken' | 'taken, answer lost' | 'lost' | 'refused' | 'arrives late';

/** A scheduler in memory whose submissions fare as a test says. */
class MemoryScheduler implements Scheduler {
  readonly id = 'c';
  readonly title = 'Cluster';
  readonly features = { ...schedulerFeatures['slurm-cli'], partitions: false };
  readonly submitSettlesMs = SETTLES_MS;
  fates: Fate[] = [];
  /** Held back submissions wait here. */
  gate: Promise<void> = Promise.resolve();
  late: (() => void)[] = [];
  lookup: 'works' | 'unsure' | 'silent' | 'missing' = 'works';
  silent = false;
  readonly jobs = new Map<string, { key: string; status: JobStatus }>();
  submissions = 0;
  statusCalls = 0;
  granted: string | null = null;
  cancelWorks = true;

  partitions = () => Promise.resolve([]);
  accelerators = () => Promise.resolve([]);
  standing = () => Promise.resolve(null);
  grant = () => Promise.resolve(this.granted);

  #take(job: JobSubmission): string {
    const jobId = String(100 + this.jobs.size);
    this.jobs.set(jobId, { key: job.key, status: memoryStatus(jobId, 'queued') });
    return jobId;
  }

  async submit(job: JobSubmission): Promise<{ jobId: string }> {
    this.submissions += 1;
    const fate = this.fates.shift() ?? 'taken';
    await this.gate;
    switch (fate) {
      case 'taken':
        return { jobId: this.#take(job) };
      case 'taken, answer lost':
        this.#take(job);
        throw problem('scheduler-slow', 'No answer.');
      case 'arrives late':
        this.late.push(() => this.#take(job));
        throw problem('scheduler-slow', 'No answer.');
      case 'lost':
        throw problem('scheduler-slow', 'No answer.');
      case 'refused':
        throw problem('job-refused', 'Slurm refused it.');
    }
  }

  findByKey(key: string): Promise<KeyLookup> {
    if (this.lookup === 'silent') {
      return Promise.reject(problem('scheduler-slow', 'No answer.'));
    }
    if (this.lookup === 'missing') {
      return Promise.reject(problem('scheduler-missing', 'squeue is not installed.'));
    }
    for (const [jobId, job] of this.jobs) {
      if (job.key === key) {
        return Promise.resolve({ found: 'job', jobId });
      }
    }
    return Promise.resolve(
      this.lookup === 'unsure' ? { found: 'unsure', why: 'No records are kept' } : { found: 'none' }
    );
  }

  statuses(jobIds: readonly string[]): Promise<Map<string, JobStatus>> {
    this.statusCalls += 1;
    if (this.silent) {
      return Promise.reject(problem('scheduler-slow', 'The controller does not answer.'));
    }
    return Promise.resolve(
      new Map(
        jobIds.flatMap(id => {
          const job = this.jobs.get(id);
          return job === undefined ? [] : [[id, job.status] as const];
        })
      )
    );
  }

  cancel(jobId: string): Promise<boolean> {
    if (this.cancelWorks) {
      this.set(jobId, { state: 'cancelled', endedAt: '2026-11-24T10:00:00.000Z' });
    }
    return Promise.resolve(this.cancelWorks);
  }

  set(jobId: string, change: Partial<JobStatus>): void {
    const job = this.jobs.get(jobId);
    assert.ok(job !== undefined);
    job.status = { ...job.status, ...change };
  }
}

function memoryStatus(jobId: string, state: JobStatus['state']): JobStatus {
  return {
    jobId,
    state,
    rawState: state.toUpperCase(),
    reason: null,
    partition: null,
    submittedAt: null,
    startedAt: null,
    endedAt: null,
    elapsedSeconds: null,
    timeLimitSeconds: null,
    exitCode: null,
    nodes: null,
    gpusAsked: null,
    gpusGranted: null
  };
}

/** A companion's jobs on a state folder; `restart` is what a kill -9 and the next start leave. */
export class JobsBench {
  readonly root = tempDir('service');
  readonly workdir = path.join(this.root, 'work');
  readonly clock = new ManualClock();
  readonly scheduler = new MemoryScheduler();
  /** The cluster of the other facility; it has the same id. */
  readonly other = new MemoryScheduler();
  readonly seen: Job[] = [];
  service: JobService;
  facility: FacilityService;
  readonly #profilePaths: readonly string[];
  #count = 0;

  /** Signatures of the images that there are: null for a folder. Others are not found. */
  readonly images = new Map<string, number | null>();

  constructor(profile: object = {}) {
    mkdirSync(this.workdir);
    // Two facilities whose clusters have the same id.
    this.#profilePaths = ['p', 'q'].map(id => {
      const file = path.join(this.root, `${id}.yaml`);
      const title = id === 'p' ? 'Cluster' : 'Other cluster';
      const clusters = [{ id: 'c', title, kind: 'slurm-cli', data_roots: [this.root] }];
      writeFileSync(file, JSON.stringify({ id, title: id.toUpperCase(), clusters, ...profile }));
      return file;
    });
    mkdirSync(path.join(this.root, 'state'));
    ({ facility: this.facility, service: this.service } = this.#open());
  }

  restart(): void {
    ({ facility: this.facility, service: this.service } = this.#open());
  }

  #open(): { facility: FacilityService; service: JobService } {
    const stateDir = path.join(this.root, 'state');
    const db = openDatabase(stateDir);
    const events = new EventLog(db, this.clock);
    events.listen(({ data, name }) => {
      if (name === 'job') {
        this.seen.push(JSON.parse(data) as Job);
      }
    });
    const settings = new SettingsStore(db);
    const config = Config.parse({
      stateDir,
      runtimeDir: stateDir,
      profilePaths: this.#profilePaths,
      defaultProfile: 'p'
    });
    const facility = new FacilityService(config, this.root, settings, events);
    const call = (signal?: AbortSignal): CallContext => ({
      ...testCall(signal),
      clock: this.clock
    });
    const parts = {
      config,
      surroundings: { home: this.root, env: { USER: 'alice' } },
      db,
      events,
      settings,
      clock: this.clock,
      log: makeLog('silent'),
      fetch,
      facility,
      call
    } as unknown as Parts;
    const open = ({ title }: { readonly title: string }): Scheduler =>
      title === 'Cluster' ? this.scheduler : this.other;
    const clusters = new Clusters(parts, { 'slurm-cli': open, local: open });
    const service = new JobService(parts, clusters, {
      resolve: ref => {
        const signatures = this.images.get(ref);
        return signatures === undefined
          ? Promise.reject(problem('image-not-found', 'There is no such image.'))
          : Promise.resolve({ ref, mountPath: `/cvmfs/${ref}`, signatures });
      }
    });
    return { facility, service };
  }

  request(more: object = {}): JobRequest {
    return JobRequest.parse({ name: 'n', script: 'true\n', workdir: this.workdir, ...more });
  }

  submit(
    more: object = {},
    key = `key-number-${this.#count++}`
  ): Promise<{ job: Job; isNew: boolean }> {
    return this.service.submit(this.request(more), key, testCall());
  }

  look(id: string): Promise<number | null> {
    return this.service.reconcile(id, new AbortController().signal);
  }
}
