import { Signal, type ISignal } from '@lumino/signaling';
import { isAbort } from '../companion/problem-error.ts';
import type { ICompanion } from '../companion/tokens.ts';
import type { JobLog } from '../contract/jobs.ts';
import type { Problem } from '../contract/problem.ts';
import { LogText, type ILogLine } from './log-text.ts';

const POLL_MS = 2_000;
/** A log that is longer than this is read from near its end. */
const TAIL_BYTES = 256 * 1024;

/** Reads one stream of a job's log as it grows, only while somebody looks and only until the job has ended. */
export class LogFollower {
  readonly #companion: ICompanion;
  readonly #path: string;
  readonly #stream: 'out' | 'err';
  readonly #text = new LogText();
  readonly #changed = new Signal<this, void>(this);
  #offset = 0;
  #isComplete = false;
  #hasJumped = false;
  #isActive = false;
  #hasAnswer = false;
  #problem: Problem | null = null;
  #running: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(companion: ICompanion, jobId: string, stream: 'out' | 'err') {
    this.#companion = companion;
    this.#path = `jobs/${encodeURIComponent(jobId)}/log`;
    this.#stream = stream;
  }

  get lines(): readonly ILogLine[] {
    return this.#text.lines;
  }

  /** What came before the first line is not shown. */
  get isCut(): boolean {
    return this.#hasJumped || this.#text.leftOut > 0;
  }

  /** At least one answer has come: no lines now means that nothing was written. */
  get hasAnswer(): boolean {
    return this.#hasAnswer;
  }

  /** The job has ended and everything it wrote has been read. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  get problem(): Problem | null {
    return this.#problem;
  }

  get changed(): ISignal<this, void> {
    return this.#changed;
  }

  /** Somebody looks, or looks away: then nothing is asked any more. */
  setActive(isActive: boolean): void {
    if (this.#isActive === isActive) {
      return;
    }
    this.#isActive = isActive;
    clearTimeout(this.#timer);
    if (isActive && !this.#isComplete) {
      void this.#poll();
    } else {
      this.#running?.abort();
      this.#running = null;
    }
  }

  /** Asks again after a problem. */
  retry(): void {
    clearTimeout(this.#timer);
    void this.#poll();
  }

  dispose(): void {
    this.setActive(false);
    Signal.clearData(this);
  }

  async #poll(): Promise<void> {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    let waitMs = POLL_MS;
    try {
      const part = await this.#companion.get<JobLog>(
        this.#path,
        { stream: this.#stream, offset: this.#offset },
        running.signal
      );
      if (this.#running !== running) {
        return;
      }
      waitMs = this.#take(part) ? 0 : POLL_MS;
    } catch (error) {
      if (this.#running !== running || isAbort(error)) {
        return;
      }
      this.#problem = this.#companion.problemOf(error);
      waitMs = 5 * POLL_MS;
    }
    this.#running = null;
    this.#changed.emit();
    if (this.#isActive && !this.#isComplete) {
      this.#timer = setTimeout(() => void this.#poll(), waitMs);
    }
  }

  /** True when more is there already. */
  #take(part: JobLog): boolean {
    this.#problem = null;
    this.#hasAnswer = true;
    const { size, next } = part;
    if (size !== null && size < this.#offset) {
      // The file was written anew (a requeued job): what we have is of the run before.
      this.#text.restart(false);
      this.#offset = 0;
      this.#hasJumped = false;
      return true;
    }
    if (this.#offset === 0 && size !== null && size - next > TAIL_BYTES) {
      this.#offset = size - TAIL_BYTES;
      this.#hasJumped = true;
      this.#text.restart(true);
      return true;
    }
    const hasMoved = next > this.#offset;
    this.#text.push(part.text);
    this.#offset = next;
    this.#isComplete = part.complete && !hasMoved;
    return hasMoved && (part.complete || (size !== null && next < size));
  }
}
