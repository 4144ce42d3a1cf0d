import type { Partition } from '#contract';
import type { CallContext } from '../core/call-context.ts';
import { problem } from '../core/problem.ts';
import type { ClusterProfile } from '../facility/profile.ts';
import type { Parts } from '../parts.ts';
import { CLIENTS_FILE } from '../http/attached-clients.ts';
import path from 'node:path';
import { schedulers } from './adapters/index.ts';
import type { JobOperation } from './describe.ts';
import type { JobStatus, Scheduler } from './port.ts';

const CALM_MS = 30_000;
const SOON_MS = 5000;
/** After a submit or cancel the person watches: look more often for a minute. */
const HURRY_MS = 60_000;
/** Local processes cost nothing to look at. */
const LOCAL_MS = 500;
const PARTITIONS_MS = 60_000;

interface Poll {
  readonly at: number;
  readonly asked: ReadonlySet<string>;
  readonly answer: Promise<Map<string, JobStatus>>;
}

/** The schedulers of the active profile, each asked once for all of its jobs. */
export class Clusters {
  readonly #parts: Parts;
  #schedulers = new Map<string, Scheduler>();
  readonly #polls = new Map<string, Poll>();
  readonly #hurryUntil = new Map<string, number>();
  readonly #partitions = new Map<string, { at: number; answer: Promise<Partition[]> }>();

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.facility.onChange(() => {
      this.#schedulers = new Map();
      this.#polls.clear();
      this.#partitions.clear();
    });
  }

  /** The cluster with this id, or the first one. Throws `not-offered`. */
  profile(id: string | undefined): ClusterProfile {
    const { clusters, title } = this.#parts.facility.profile();
    const found = id === undefined ? clusters[0] : clusters.find(cluster => cluster.id === id);
    if (found === undefined) {
      throw problem(
        'not-offered',
        id === undefined
          ? `${title} offers no cluster.`
          : `${title} has no cluster "${id}". Choose the facility that the job belongs to.`
      );
    }
    return found;
  }

  scheduler(id: string): Scheduler {
    const profile = this.profile(id);
    const { config, surroundings } = this.#parts;
    const known =
      this.#schedulers.get(id) ??
      schedulers[profile.kind](profile, {
        env: surroundings.env,
        stateDir: config.stateDir,
        clientsFile: path.join(config.stateDir, CLIENTS_FILE)
      });
    this.#schedulers.set(id, known);
    return known;
  }

  /**
   * The scheduler that a job was given to. Throws `other-facility`: a cluster of another profile may have the
   * same id, and must neither be asked for this job nor told to cancel it.
   */
  schedulerOf({ data, facility }: JobOperation): Scheduler {
    this.#parts.facility.profileFor(facility);
    return this.scheduler(data.cluster);
  }

  all(): Scheduler[] {
    return this.#parts.facility.profile().clusters.map(({ id }) => this.scheduler(id));
  }

  /** Limits change rarely: they are asked for once a minute. */
  partitions(id: string, call: CallContext): Promise<Partition[]> {
    const now = this.#parts.clock.monotonic();
    const known = this.#partitions.get(id);
    if (known !== undefined && now - known.at < PARTITIONS_MS) {
      return known.answer;
    }
    const answer = this.scheduler(id).partitions(call);
    answer.catch(() => this.#partitions.delete(id));
    this.#partitions.set(id, { at: now, answer });
    return answer;
  }

  /** The status of one job, out of one answer for all jobs of the cluster. */
  async status(
    job: JobOperation,
    jobId: string,
    jobIds: () => string[],
    call: CallContext
  ): Promise<JobStatus | null> {
    const scheduler = this.schedulerOf(job);
    const id = job.data.cluster;
    const now = this.#parts.clock.monotonic();
    const last = this.#polls.get(id);
    if (last?.asked.has(jobId) === true && now - last.at < this.nextLookMs(id) * 0.9) {
      return (await last.answer).get(jobId) ?? null;
    }
    const asked = new Set([jobId, ...jobIds()]);
    const answer = scheduler.statuses([...asked], call);
    // A failure is an answer too: the other jobs of this cluster need not find out by themselves.
    answer.catch(() => undefined);
    this.#polls.set(id, { at: now, asked, answer });
    return (await answer).get(jobId) ?? null;
  }

  /** Something was just asked of this cluster: look soon, and not at an old answer. */
  hurry(id: string): void {
    this.#polls.delete(id);
    this.#hurryUntil.set(id, this.#parts.clock.monotonic() + HURRY_MS);
  }

  nextLookMs(id: string): number {
    if (!this.scheduler(id).features.survivesSession) {
      return LOCAL_MS;
    }
    return this.#parts.clock.monotonic() < (this.#hurryUntil.get(id) ?? 0) ? SOON_MS : CALM_MS;
  }
}
