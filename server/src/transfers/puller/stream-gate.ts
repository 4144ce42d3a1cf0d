interface Waiting {
  readonly target: string;
  readonly go: () => void;
}

/** Lends out connections for one range each, in the order in which they were asked for. */
export class StreamGate {
  /** Files that a connection is under way for; one file may be there more than once. */
  readonly #inUse: string[] = [];
  readonly #waiting: Waiting[] = [];
  #most = Number.POSITIVE_INFINITY;
  #shared: SharedRoom | null = null;

  /** At most so many at once, and no more than there is room for where the machine is shared. */
  allow(most: number, shared: SharedRoom | null): void {
    this.#most = most;
    this.#shared = shared;
    this.pump();
  }

  /** Runs `work` for a file when it is its turn; rejects when the signal aborts before. */
  async run<T>(target: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#enter(target, signal);
    try {
      return await work();
    } finally {
      this.#inUse.splice(this.#inUse.indexOf(target), 1);
      this.pump();
    }
  }

  /** True when some file of these waits for a connection and none has one. */
  isStarved(isAmong: (target: string) => boolean): boolean {
    return (
      this.#waiting.some(({ target }) => isAmong(target)) &&
      !this.#inUse.some(target => isAmong(target))
    );
  }

  /** Lets in whoever there is room for now, and gives back what is not needed. */
  pump(): void {
    this.#letIn();
    this.#shared?.used(this.#inUse.length);
  }

  #letIn(): void {
    while (this.#waiting.length > 0 && this.#inUse.length < this.#most) {
      if (this.#inUse.length >= (this.#shared?.room() ?? Number.POSITIVE_INFINITY)) {
        this.#shared?.want();
        return;
      }
      const next = this.#waiting.shift();
      if (next !== undefined) {
        this.#inUse.push(next.target);
        next.go();
      }
    }
  }

  #enter(target: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const giveUp = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(entry), 1);
        reject(signal.reason as Error);
      };
      const entry: Waiting = {
        target,
        go: () => {
          signal.removeEventListener('abort', giveUp);
          resolve();
        }
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#waiting.push(entry);
      this.pump();
    });
  }
}

/** What the other persons of this machine leave over. */
export interface SharedRoom {
  /** Connections that may be in use now. */
  room(): number;
  /** There is not enough: look for more, and pump when there is. */
  want(): void;
  /** So many are in use now: what is more than that can be given back. */
  used(count: number): void;
}
