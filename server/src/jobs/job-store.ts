import type { Job, JobRequest, JobState, Page } from '#contract';
import type { Parts } from '../parts.ts';
import { inTransaction, OperationStore } from '../store/operation-store.ts';
import { describeJob, type JobData, type JobOperation } from './describe.ts';
import { isFinished } from './state.ts';

/** What changes of a job; fields of `data` that are not named stay. */
export interface JobChange {
  readonly state?: JobState;
  readonly problem?: Job['problem'];
  readonly data?: Partial<JobData>;
}

/** Jobs as they are written down; every change that a person can see is also an event. */
export class JobStore {
  readonly #parts: Pick<Parts, 'db' | 'events'>;
  readonly #operations: OperationStore<JobRequest, JobData>;

  constructor(parts: Pick<Parts, 'db' | 'events' | 'clock'>) {
    this.#parts = parts;
    this.#operations = new OperationStore(parts.db, 'job', parts.clock);
  }

  /** The job that was asked for with this key before. */
  findByKey(idempotencyKey: string): JobOperation | null {
    return this.#operations.findByKey(idempotencyKey);
  }

  /** A new job, or the one that was asked for with this key. Throws `key-reused`. */
  create(
    id: string,
    { facility, key }: { readonly facility: string; readonly key: string },
    request: JobRequest,
    data: JobData
  ): { operation: JobOperation; isNew: boolean } {
    return inTransaction(this.#parts.db, () => {
      const start = { id, idempotencyKey: key, facility, state: 'submitting', request, data };
      const created = this.#operations.create(start);
      if (created.isNew) {
        this.#parts.events.append('job', describeJob(created.operation));
      }
      return created;
    });
  }

  /** Throws `not-found`. */
  require(id: string): JobOperation {
    return this.#operations.require(id);
  }

  find(id: string): JobOperation | null {
    return this.#operations.find(id);
  }

  page(cursor: string | undefined, limit: number): Page<JobOperation> {
    return this.#operations.page(cursor, limit);
  }

  unfinished(): JobOperation[] {
    return this.#operations.unfinished();
  }

  countUnfinished(): number {
    return this.#operations.countUnfinished();
  }

  /** Changes a job on top of what is stored now. One that has ended stays as it is. */
  save(id: string, change: JobChange): JobOperation {
    return inTransaction(this.#parts.db, () => {
      const before = this.require(id);
      if (before.finished) {
        return before;
      }
      const state = change.state ?? (before.state as JobState);
      const after = this.#operations.update(id, {
        state,
        finished: isFinished(state),
        data: { ...before.data, ...change.data },
        ...(change.problem === undefined ? {} : { problem: change.problem })
      });
      if (visible(after) !== visible(before)) {
        this.#parts.events.append('job', describeJob(after));
      }
      return after;
    });
  }

  /** Forgets a job that has ended. Throws `wrong-state`. */
  remove(id: string): void {
    inTransaction(this.#parts.db, () => {
      this.#operations.remove(id);
      this.#parts.events.append('job-removed', { id });
    });
  }
}

/** What a person sees of a job, without what changes by itself: the browser counts seconds on its own. */
function visible(operation: JobOperation): string {
  const job = describeJob(operation);
  return JSON.stringify({
    ...job,
    updatedAt: null,
    elapsedSeconds: operation.finished ? job.elapsedSeconds : null
  });
}
