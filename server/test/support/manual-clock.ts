import type { Clock } from '../../src/core/clock.ts';

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

/** A clock that a test moves by hand. Sleepers wake in the order in which they are due. */
export class ManualClock implements Clock {
  #elapsedMs = 0;
  readonly #startedAt: number;
  readonly #sleepers = new Set<Sleeper>();
  #waiting: (() => void)[] = [];

  constructor(startedAt: number = Date.now()) {
    this.#startedAt = startedAt;
  }

  now(): number {
    return this.#startedAt + this.#elapsedMs;
  }

  monotonic(): number {
    return this.#elapsedMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const sleeper: Sleeper = {
        due: this.#elapsedMs + ms,
        wake: () => {
          signal?.removeEventListener('abort', abort);
          this.#sleepers.delete(sleeper);
          resolve();
        }
      };
      const abort = (): void => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#sleepers.add(sleeper);
      const waiting = this.#waiting;
      this.#waiting = [];
      waiting.forEach(tell => tell());
    });
  }

  /** Moves time on and wakes everybody who is due. */
  advance(ms: number): void {
    this.#elapsedMs += ms;
    for (const sleeper of [...this.#sleepers].sort((a, b) => a.due - b.due)) {
      if (sleeper.due <= this.#elapsedMs) {
        sleeper.wake();
      }
    }
  }

  /** Milliseconds until the next sleeper is due; waits until there is one. */
  async nextDue(): Promise<number> {
    while (this.#sleepers.size === 0) {
      await new Promise<void>(resolve => this.#waiting.push(resolve));
    }
    return Math.min(...[...this.#sleepers].map(({ due }) => due)) - this.#elapsedMs;
  }

  /** Waits for a sleeper, moves time to its end, and says how long that was. */
  async skip(): Promise<number> {
    const ms = await this.nextDue();
    this.advance(ms);
    return ms;
  }
}
