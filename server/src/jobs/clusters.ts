import type { Partition } from '#contract';
import type { CallContext } from '../core/call-context.ts';
import { problem } from '../core/problem.ts';
import type { ClusterProfile } from '../facility/profile.ts';
import type { Parts } from '../parts.ts';
import { CLIENTS_FILE } from '../http/attached-clients.ts';
import path from 'node:path';
import { schedulers } from './adapters/index.ts';
import { endsWithSession, type JobOperation } from './describe.ts';
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

/** One cluster of one facility. */
function keyOf({ data, facility }: JobOperation): string {
  return `${facility ?? ''}/${data.cluster}`;
}

/** The schedulers of the active profile and of jobs from others, each asked once for all of its jobs. */
export class Clusters {
  readonly #parts: Parts;
  readonly #adapters: typeof schedulers;
  #schedulers = new Map<string, Scheduler>();
  /** Of jobs whose facility is not chosen now, by facility and cluster. */
  readonly #elsewhere = new Map<string, Scheduler>();
  readonly #polls = new Map<string, Poll>();
  readonly #hurryUntil = new Map<string, number>();
  readonly #partitions = new Map<string, { at: number; answer: Promise<Partition[]> }>();

  constructor(parts: Parts, adapters = schedulers) {
    this.#parts = parts;
    this.#adapters = adapters;
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
    const known = this.#schedulers.get(id) ?? this.#open(profile);
    this.#schedulers.set(id, known);
    return known;
  }

  /**
   * The scheduler that a job was given to. Of its own facility the cluster is as the profile has it now; while
   * another one is chosen, as it was: a cluster there that has the same id is another cluster.
   * Throws `other-facility` for a job of which only the name of its cluster was written down.
   */
  schedulerOf(job: JobOperation): Scheduler {
    const { data, facility } = job;
    const active = this.#parts.facility.current();
    const isHere = facility === null || active?.id === facility;
    if (
      data.profile === undefined ||
      (isHere && active?.clusters.some(({ id }) => id === data.cluster))
    ) {
      this.#parts.facility.profileFor(facility);
      return this.scheduler(data.cluster);
    }
    const key = keyOf(job);
    const known = this.#elsewhere.get(key) ?? this.#open(data.profile);
    this.#elsewhere.set(key, known);
    return known;
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
    const id = keyOf(job);
    const now = this.#parts.clock.monotonic();
    const last = this.#polls.get(id);
    if (last?.asked.has(jobId) === true && now - last.at < this.nextLookMs(job) * 0.9) {
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
  hurry(job: JobOperation): void {
    const id = keyOf(job);
    this.#polls.delete(id);
    this.#hurryUntil.set(id, this.#parts.clock.monotonic() + HURRY_MS);
  }

  nextLookMs(job: JobOperation): number {
    if (endsWithSession(job)) {
      return LOCAL_MS;
    }
    return this.#parts.clock.monotonic() < (this.#hurryUntil.get(keyOf(job)) ?? 0)
      ? SOON_MS
      : CALM_MS;
  }

  #open(profile: ClusterProfile): Scheduler {
    const { config, surroundings } = this.#parts;
    return this.#adapters[profile.kind](profile, {
      env: surroundings.env,
      stateDir: config.stateDir,
      clientsFile: path.join(config.stateDir, CLIENTS_FILE)
    });
  }
}
