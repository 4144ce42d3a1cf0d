import type { Job } from '../contract/jobs.ts';

/** What was told of a running job, and when. */
interface IHeard {
  readonly job: Job;
  readonly seconds: number;
  readonly atMs: number;
}

/**
 * How long jobs have run. Counted on from the moment that we were told, by our own clock: the cluster's clock may be
 * another one. One for all views, so that they never disagree.
 */
export class JobClock {
  #heard = new Map<string, IHeard>();

  /** These are all the jobs there are, as the companion tells them now. */
  hear(jobs: readonly Job[]): void {
    const heard = new Map<string, IHeard>();
    for (const job of jobs) {
      if (job.state === 'running' && job.elapsedSeconds !== null) {
        const before = this.#heard.get(job.id);
        heard.set(job.id, before?.job === job ? before : this.#entry(job, job.elapsedSeconds));
      }
    }
    this.#heard = heard;
  }

  /** Seconds by now; what was told last where the job does not run. */
  elapsedSeconds(job: Job): number | null {
    const heard = this.#heard.get(job.id);
    return heard === undefined || job.state !== 'running' || job.elapsedSeconds === null
      ? job.elapsedSeconds
      : countedOn(heard);
  }

  /** A figure that is a little old must not turn the clock back; a new start begins anew. */
  #entry(job: Job, toldSeconds: number): IHeard {
    const before = this.#heard.get(job.id);
    const seconds =
      before === undefined || before.job.startedAt !== job.startedAt
        ? toldSeconds
        : Math.max(toldSeconds, countedOn(before));
    return { job, seconds, atMs: Date.now() };
  }
}

function countedOn({ seconds, atMs }: IHeard): number {
  return seconds + Math.max(0, (Date.now() - atMs) / 1000);
}
