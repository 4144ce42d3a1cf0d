/** Fewer bytes than this in one period are a store that drips: a new connection may do better. */
const LEAST_BYTES = 1024;

/** Calls back when hardly anything came during a whole period. */
export class StallGuard {
  readonly #timer: NodeJS.Timeout;
  #bytes = 0;

  constructor(periodMs: number, onStall: () => void) {
    this.#timer = setInterval(() => {
      if (this.#bytes < LEAST_BYTES) {
        onStall();
      }
      this.#bytes = 0;
    }, periodMs);
  }

  moved(bytes: number): void {
    this.#bytes += bytes;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
