import { existsSync } from 'node:fs';
import type { CallContext } from '../core/call-context.ts';
import { isoTime } from '../core/clock.ts';
import { problem, ProblemError, toProblem } from '../core/problem.ts';
import type { Clusters } from './clusters.ts';
import { submissionOf, type JobOperation } from './describe.ts';
import type { JobStore } from './job-store.ts';
import type { Scheduler } from './port.ts';

const LOOK_AGAIN_MS = 5000;

/**
 * Gives written-down jobs to their scheduler, each exactly once.
 *
 * Before the first attempt the job is marked as attempted. From then on it is looked for first; it is submitted
 * again only when it certainly is not there and the earlier attempt can no longer arrive.
 */
export class HandOver {
  readonly #clusters: Clusters;
  readonly #store: JobStore;
  readonly #underWay = new Map<string, Promise<number>>();

  constructor(clusters: Clusters, store: JobStore) {
    this.#clusters = clusters;
    this.#store = store;
  }

  /** Moves one job on; joins an attempt that is under way. Gives the milliseconds until the next look. */
  run(id: string, call: CallContext): Promise<number> {
    const known = this.#underWay.get(id);
    if (known !== undefined) {
      return known;
    }
    const work = this.#attempt(id, call).finally(() => this.#underWay.delete(id));
    this.#underWay.set(id, work);
    return work;
  }

  async #attempt(id: string, call: CallContext): Promise<number> {
    const operation = this.#store.require(id);
    if (operation.finished || operation.data.jobId !== null) {
      return 0;
    }
    let isLookedFor = false;
    try {
      const scheduler = this.#clusters.schedulerOf(operation);
      const waitMs = await this.#lookFor(operation, scheduler, call);
      isLookedFor = true;
      return waitMs ?? (await this.#submit(id, scheduler, call));
    } catch (error) {
      call.signal.throwIfAborted();
      // A look that failed says nothing about the job: it may be there, so this is never the end.
      const isFinal =
        isLookedFor &&
        error instanceof ProblemError &&
        (error.slug === 'job-refused' || error.slug === 'scheduler-missing');
      this.#store.save(id, {
        state: isFinal ? 'refused' : 'submitting',
        problem: toProblem(error)
      });
      if (!(error instanceof ProblemError)) {
        throw error;
      }
      return LOOK_AGAIN_MS;
    }
  }

  /** Finds a job that was attempted before; null when it may be submitted now. */
  async #lookFor(
    operation: JobOperation,
    scheduler: Scheduler,
    call: CallContext
  ): Promise<number | null> {
    const { createdAt, data, id } = operation;
    if (data.attemptedAt === null) {
      return null;
    }
    const lookup = await scheduler.findByKey(id, createdAt, call);
    if (lookup.found === 'job') {
      this.#accept(id, lookup.jobId);
      return 0;
    }
    if (lookup.found === 'unsure') {
      this.#store.save(id, {
        state: 'refused',
        problem: problem(
          'scheduler-error',
          `${lookup.why}. Look into ${data.folder} for its log; if there is none, submit it again.`
        ).toProblem()
      });
      return 0;
    }
    const settledAt = Date.parse(data.attemptedAt) + scheduler.submitSettlesMs;
    const leftMs = settledAt - call.clock.now();
    return leftMs > 0 ? Math.min(leftMs, LOOK_AGAIN_MS) : null;
  }

  async #submit(id: string, scheduler: Scheduler, call: CallContext): Promise<number> {
    const { data, request } = this.#store.require(id);
    if (data.wantsCancel) {
      this.#store.save(id, { state: 'cancelled', problem: null });
      return 0;
    }
    if (!existsSync(data.scriptPath)) {
      this.#store.save(id, {
        state: 'refused',
        problem: problem(
          'bad-job',
          `The script of "${request.name}" is not in ${data.folder}. Submit the job again.`
        ).toProblem()
      });
      return 0;
    }
    const attempted = this.#store.save(id, {
      data: { attemptedAt: isoTime(call.clock.now()) }
    });
    const { jobId } = await scheduler.submit(submissionOf(attempted), call);
    this.#accept(id, jobId);
    return 0;
  }

  #accept(id: string, jobId: string): void {
    this.#clusters.hurry(this.#store.save(id, { state: 'queued', problem: null, data: { jobId } }));
  }
}
