/** Collapses equal work that is under way: whoever asks meanwhile waits for the same answer. */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Promise<T>>();

  /** Waits until the work is done or the caller gives up; the work itself goes on for the others. */
  async run(key: string, work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    signal?.throwIfAborted();
    let flight = this.#flights.get(key);
    if (flight === undefined) {
      flight = work().finally(() => this.#flights.delete(key));
      this.#flights.set(key, flight);
    }
    return await untilAborted(flight, signal);
  }
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) {
    return await work;
  }
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const giveUp = (): void => {
    reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  };
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
