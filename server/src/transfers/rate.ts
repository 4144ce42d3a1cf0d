const WINDOW_MS = 5000;

/** Bytes a second over the last five seconds. */
export class RateMeter {
  #samples: { at: number; bytes: number }[] = [];

  add(at: number, bytes: number): void {
    this.#samples.push({ at, bytes });
    const oldest = at - WINDOW_MS;
    while ((this.#samples[1]?.at ?? Number.POSITIVE_INFINITY) < oldest) {
      this.#samples.shift();
    }
  }

  /** Null until a quarter of a second was seen, and when nothing moves. */
  rate(at: number): number | null {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (
      first === undefined ||
      last === undefined ||
      at - last.at > WINDOW_MS ||
      last.at - first.at < 250
    ) {
      return null;
    }
    const rate = ((last.bytes - first.bytes) / (last.at - first.at)) * 1000;
    return rate > 0 ? rate : null;
  }
}
