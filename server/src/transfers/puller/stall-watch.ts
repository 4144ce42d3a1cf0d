/** Fewer bytes than this within one window are no transfer any more. */
const LEAST_BYTES = 1024;

/** Notices a store that sends nothing, or so little that it would never end (curl has `--speed-limit` for it). */
export class StallWatch {
  readonly #timer: NodeJS.Timeout;
  #bytes = 0;

  constructor(windowMs: number, onStall: () => void) {
    this.#timer = setInterval(() => {
      if (this.#bytes < LEAST_BYTES) {
        onStall();
      }
      this.#bytes = 0;
    }, windowMs);
  }

  add(bytes: number): void {
    this.#bytes += bytes;
  }

  end(): void {
    clearInterval(this.#timer);
  }
}
