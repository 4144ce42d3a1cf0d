import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

/** What a domain does with one of its unfinished operations. */
export interface Reconcilable {
  /** Name for the log. */
  readonly kind: string;
  /** Ids of everything that is not finished; asked once at start. */
  unfinishedIds(): readonly string[];
  /**
   * Looks at one operation and moves it on. Returns milliseconds until the next look,
   * or null when it is finished or somebody will call `wake`. Must be safe to repeat.
   */
  reconcile(id: string, signal: AbortSignal): Promise<number | null>;
}

const FIRST_BACKOFF_MS = 1000;
const LONGEST_BACKOFF_MS = 60_000;

/**
 * Owns polling, retry and resume of durable operations: one look at a time for each id,
 * the next one when the domain asked for it, with back-off after an unexpected error.
 */
export class Reconciler {
  readonly #domain: Reconcilable;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #stop = new AbortController();
  readonly #running = new Map<string, Promise<void>>();
  readonly #timers = new Map<string, AbortController>();
  readonly #again = new Set<string>();
  readonly #failures = new Map<string, number>();
  #hasStarted = false;

  constructor(domain: Reconcilable, clock: Clock, log: Log) {
    this.#domain = domain;
    this.#clock = clock;
    this.#log = log;
  }

  /** Takes up everything that an earlier process left unfinished. */
  start(): void {
    for (const id of this.#domain.unfinishedIds()) {
      this.wake(id);
    }
    this.#hasStarted = true;
  }

  /** True when everything unfinished was taken up. */
  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  /** Looks at this operation now, or once more after the look that is under way. */
  wake(id: string): void {
    if (this.#stop.signal.aborted) {
      return;
    }
    this.#timers.get(id)?.abort();
    this.#timers.delete(id);
    if (this.#running.has(id)) {
      this.#again.add(id);
      return;
    }
    const look = this.#look(id).finally(() => {
      this.#running.delete(id);
      if (this.#again.delete(id)) {
        this.wake(id);
      }
    });
    this.#running.set(id, look);
  }

  /** Ends all looks; resolves when none is under way. */
  async stop(): Promise<void> {
    this.#stop.abort();
    for (const timer of this.#timers.values()) {
      timer.abort();
    }
    await Promise.allSettled(this.#running.values());
  }

  async #look(id: string): Promise<void> {
    let next: number | null;
    try {
      next = await this.#domain.reconcile(id, this.#stop.signal);
      this.#failures.delete(id);
    } catch (error) {
      if (this.#stop.signal.aborted) {
        return;
      }
      const failures = (this.#failures.get(id) ?? 0) + 1;
      this.#failures.set(id, failures);
      next = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (failures - 1));
      this.#log.error({ err: error, kind: this.#domain.kind, id, failures }, 'reconcile failed');
    }
    if (next !== null && !this.#stop.signal.aborted) {
      this.#schedule(id, next);
    }
  }

  #schedule(id: string, ms: number): void {
    const timer = new AbortController();
    this.#timers.set(id, timer);
    this.#clock.sleep(ms, timer.signal).then(
      () => {
        if (this.#timers.get(id) === timer) {
          this.#timers.delete(id);
          this.wake(id);
        }
      },
      () => undefined
    );
  }
}
