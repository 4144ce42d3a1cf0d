import { newIdempotencyKey } from './idempotency-key.ts';
import { ProblemError } from './problem-error.ts';
import type { ICompanion } from './tokens.ts';

/**
 * True when the companion certainly started nothing. After anything else, silence included, it may have:
 * the same key then finds that instead of starting a second one.
 */
function isRefusal(error: unknown): boolean {
  return error instanceof ProblemError && error.problem.status >= 400 && error.problem.status < 500;
}

/** Posts what a person wants started, so that a double click or a retry starts it once. */
export class Submission<Wish, Started> {
  readonly #companion: ICompanion;
  readonly #path: string;
  #key: string | null = null;
  #content = '';
  #running: Promise<Started> | null = null;

  /** `path`: relative to the companion, such as `jobs`. */
  constructor(companion: ICompanion, path: string) {
    this.#companion = companion;
    this.#path = path;
  }

  /** What was started: the one under way when this is pressed twice. Rejects with a `ProblemError`. */
  submit(wish: Wish): Promise<Started> {
    this.#running ??= this.#send(wish).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #send(wish: Wish): Promise<Started> {
    const content = JSON.stringify(wish);
    if (this.#key === null || this.#content !== content) {
      this.#key = newIdempotencyKey();
      this.#content = content;
    }
    try {
      const started = await this.#companion.post<Started>(this.#path, wish, {
        idempotencyKey: this.#key
      });
      this.#key = null;
      return started;
    } catch (error) {
      if (isRefusal(error)) {
        this.#key = null;
      }
      throw error;
    }
  }
}
