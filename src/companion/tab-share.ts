/** What a tab does when it leads, and when it is told something. */
export interface ITabShareOptions<T> {
  readonly name: string;
  /** Runs while this tab leads, until `signal` is aborted. `hasWaited`: another tab led before. */
  lead(signal: AbortSignal, hasWaited: boolean): Promise<void>;
  onMessage(message: T): void;
  /** This tab is hidden: it neither leads nor wants to. */
  onPause(): void;
}

/** Switching between two windows should not close and open the stream. */
const HIDDEN_GRACE_MS = 5_000;

/**
 * Lets one visible tab work for all tabs of a browser: who holds the Web Lock leads, a BroadcastChannel carries what it says.
 * Where the browser offers no locks (plain http on a foreign host) every visible tab leads for itself.
 */
export class TabShare<T> {
  readonly #options: ITabShareOptions<T>;
  #channel: BroadcastChannel | null = null;
  #turn: AbortController | null = null;
  #hideTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ITabShareOptions<T>) {
    this.#options = options;
  }

  start(): void {
    if (typeof BroadcastChannel !== 'undefined' && hasLocks()) {
      this.#channel = new BroadcastChannel(this.#options.name);
      this.#channel.onmessage = (event: MessageEvent<T>) => this.#options.onMessage(event.data);
    }
    document.addEventListener('visibilitychange', this.#onVisibility);
    this.#onVisibility();
  }

  /** Tells the other tabs. */
  tell(message: T): void {
    this.#channel?.postMessage(message);
  }

  dispose(): void {
    document.removeEventListener('visibilitychange', this.#onVisibility);
    clearTimeout(this.#hideTimer);
    this.#turn?.abort();
    this.#turn = null;
    this.#channel?.close();
  }

  readonly #onVisibility = (): void => {
    clearTimeout(this.#hideTimer);
    if (document.visibilityState === 'visible') {
      this.#queue();
    } else if (this.#turn !== null) {
      this.#hideTimer = setTimeout(() => {
        this.#turn?.abort();
        this.#turn = null;
        this.#options.onPause();
      }, HIDDEN_GRACE_MS);
    }
  };

  /** Waits for the lock, then leads until this tab is hidden. */
  #queue(): void {
    if (this.#turn !== null) {
      return;
    }
    const turn = new AbortController();
    this.#turn = turn;
    if (this.#channel === null) {
      void this.#options.lead(turn.signal, false);
      return;
    }
    let hasWaited = true;
    navigator.locks
      .request(this.#options.name, { ifAvailable: true }, lock => {
        hasWaited = lock === null;
        return lock === null || turn.signal.aborted
          ? undefined
          : this.#options.lead(turn.signal, false);
      })
      .then(() => (hasWaited && !turn.signal.aborted ? this.#waitForLock(turn.signal) : undefined))
      .catch(() => undefined);
  }

  async #waitForLock(signal: AbortSignal): Promise<void> {
    await navigator.locks
      .request(this.#options.name, { signal }, () =>
        signal.aborted ? undefined : this.#options.lead(signal, true)
      )
      .catch(() => undefined); // given up while waiting
  }
}

function hasLocks(): boolean {
  return 'locks' in navigator && navigator.locks !== undefined;
}
