import { Signal, type ISignal } from '@lumino/signaling';
import { isAbort } from '../companion/problem-error.ts';
import type { ICompanion } from '../companion/tokens.ts';
import type { JobPreview, JobRequest } from '../contract/jobs.ts';
import type { Problem } from '../contract/problem.ts';

const DEBOUNCE_MS = 400;

/** Asks the companion for the exact script once a person pauses; an older question is given up. */
export class PreviewModel {
  readonly #companion: ICompanion;
  readonly #changed = new Signal<this, void>(this);
  #value: JobPreview | null = null;
  #problem: Problem | null = null;
  #asked = '';
  #isStale = true;
  #running: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(companion: ICompanion) {
    this.#companion = companion;
  }

  /** The last answer; it may be of an older form, see `isStale`. */
  get value(): JobPreview | null {
    return this.#value;
  }

  /** The form has changed since the answer. */
  get isStale(): boolean {
    return this.#isStale;
  }

  get problem(): Problem | null {
    return this.#problem;
  }

  get changed(): ISignal<this, void> {
    return this.#changed;
  }

  /** The form asks for this now; null while it cannot be read. */
  ask(request: JobRequest | null): void {
    const content = request === null ? '' : JSON.stringify(request);
    if (content === this.#asked) {
      return;
    }
    this.#asked = content;
    this.#isStale = true;
    this.#stop();
    if (request !== null) {
      this.#timer = setTimeout(() => void this.#load(request), DEBOUNCE_MS);
    }
    this.#changed.emit();
  }

  /** Asks the same again, after a problem. */
  retry(request: JobRequest | null): void {
    this.#asked = '';
    this.ask(request);
  }

  dispose(): void {
    this.#stop();
    Signal.clearData(this);
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#running?.abort();
    this.#running = null;
  }

  async #load(request: JobRequest): Promise<void> {
    const running = new AbortController();
    this.#running = running;
    try {
      const value = await this.#companion.post<JobPreview>('jobs/preview', request, {
        signal: running.signal
      });
      if (this.#running !== running) {
        return; // somebody typed on
      }
      this.#value = value;
      this.#problem = null;
      this.#isStale = false;
    } catch (error) {
      if (this.#running !== running || isAbort(error)) {
        return;
      }
      this.#problem = this.#companion.problemOf(error);
    }
    this.#running = null;
    this.#changed.emit();
  }
}
