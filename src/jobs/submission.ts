import { newIdempotencyKey } from '../companion/idempotency-key.ts';
import { ProblemError } from '../companion/problem-error.ts';
import type { ICompanion } from '../companion/tokens.ts';
import type { Job, JobRequest } from '../contract/jobs.ts';

/**
 * True when the companion certainly made no job. After anything else, silence included, the job may exist:
 * the same key then finds it instead of making a second one.
 */
function isRefusal(error: unknown): boolean {
  return error instanceof ProblemError && error.problem.status >= 400 && error.problem.status < 500;
}

/** Submits a request so that a double click or a retry makes one job. */
export class Submission {
  readonly #companion: ICompanion;
  #key: string | null = null;
  #content = '';
  #running: Promise<Job> | null = null;

  constructor(companion: ICompanion) {
    this.#companion = companion;
  }

  get isRunning(): boolean {
    return this.#running !== null;
  }

  /** The job: the one under way when this is pressed twice. Rejects with a `ProblemError`. */
  submit(request: JobRequest): Promise<Job> {
    this.#running ??= this.#send(request).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #send(request: JobRequest): Promise<Job> {
    const content = JSON.stringify(request);
    if (this.#key === null || this.#content !== content) {
      this.#key = newIdempotencyKey();
      this.#content = content;
    }
    try {
      const job = await this.#companion.post<Job>('jobs', request, { idempotencyKey: this.#key });
      this.#key = null;
      return job;
    } catch (error) {
      if (isRefusal(error)) {
        this.#key = null;
      }
      throw error;
    }
  }
}
