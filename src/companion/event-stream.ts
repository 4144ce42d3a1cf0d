import { SseReader, type ISseMessage } from './sse-reader.ts';
import { TabShare } from './tab-share.ts';
import type { StreamState } from './tokens.ts';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** The companion says something at least every 15 s; three silences mean that the line is dead. */
const SILENCE_MS = 45_000;

/** What one tab tells the others about a message that it read from the stream. */
export interface ISharedMessage extends ISseMessage {
  /** Id that the sender had before: a receiver that has another one has missed something. */
  readonly previousId: string | null;
}

/** How the stream is opened, and how tabs find each other. */
export interface IEventStreamOptions {
  /** Name shared by all tabs of this Jupyter server. */
  readonly name: string;
  open(lastId: string | null, signal: AbortSignal): Promise<Response>;
  /** An event has come; `data` is JSON. */
  emit(event: string, data: string): void;
  onState(state: StreamState): void;
  /** Waits; replaced in tests. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/**
 * One stream per browser: the tab that holds the lock reads it and tells the others.
 * It is closed while all tabs are hidden, so that it keeps no idle session alive, and resumes with `Last-Event-ID`.
 */
export class EventStream {
  readonly #options: IEventStreamOptions;
  readonly #share: TabShare<ISharedMessage>;
  #state: StreamState = 'idle';
  #lastId: string | null = null;
  #isStarted = false;
  /** Another tab led before and said nothing: what happened between its last word and our first is unknown. */
  #mayHaveMissed = false;

  constructor(options: IEventStreamOptions) {
    this.#options = options;
    this.#share = new TabShare<ISharedMessage>({
      name: options.name,
      lead: (signal, hasWaited) => {
        this.#mayHaveMissed = hasWaited && this.#lastId === null;
        return this.#read(signal);
      },
      onMessage: message => this.#receive(message),
      onPause: () => this.#setState('paused')
    });
  }

  start(): void {
    if (!this.#isStarted) {
      this.#isStarted = true;
      this.#setState('connecting');
      this.#share.start();
    }
  }

  /** Lets go of the stream and of the other tabs. */
  dispose(): void {
    this.#share.dispose();
  }

  async #read(signal: AbortSignal): Promise<void> {
    const wait = this.#options.wait ?? waitFor;
    let waitMs = FIRST_WAIT_MS;
    while (!signal.aborted) {
      this.#setState('connecting');
      const attempt = new AbortController();
      const giveUp = (): void => attempt.abort();
      signal.addEventListener('abort', giveUp);
      try {
        await this.#readOnce(attempt, () => {
          waitMs = FIRST_WAIT_MS;
        });
      } catch {
        // Why it failed shows in the next request that a person makes; here only the waiting grows.
      } finally {
        signal.removeEventListener('abort', giveUp);
        attempt.abort();
      }
      if (!signal.aborted) {
        this.#setState('waiting');
        // Spread over half the time, so that many browsers do not come back in one moment.
        await wait(waitMs / 2 + (waitMs / 2) * Math.random(), signal);
        waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
      }
    }
  }

  async #readOnce(attempt: AbortController, onAlive: () => void): Promise<void> {
    const response = await this.#options.open(this.#lastId, attempt.signal);
    const reader = response.body?.getReader();
    if (reader === undefined) {
      return;
    }
    const decoder = new TextDecoder();
    const sse = new SseReader();
    let silence = setTimeout(() => attempt.abort(), SILENCE_MS);
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) {
          return;
        }
        clearTimeout(silence);
        silence = setTimeout(() => attempt.abort(), SILENCE_MS);
        for (const message of sse.push(decoder.decode(value, { stream: true }))) {
          onAlive();
          this.#setState('open');
          const shared = { ...message, previousId: this.#lastId };
          this.#dispatch(message);
          this.#share.tell(shared);
        }
      }
    } finally {
      clearTimeout(silence);
      void reader.cancel().catch(() => undefined);
    }
  }

  /** A message that another tab has read. */
  #receive(message: ISharedMessage): void {
    this.#setState('open');
    const hasMissed =
      this.#lastId !== null &&
      message.event !== 'reset' &&
      Number(message.previousId) > Number(this.#lastId);
    if (hasMissed) {
      this.#dispatch({ id: message.id ?? message.previousId, event: 'reset', data: '{}' });
      return;
    }
    const isOld =
      message.event !== 'reset' &&
      message.id !== null &&
      this.#lastId !== null &&
      Number(message.id) <= Number(this.#lastId);
    if (!isOld) {
      this.#dispatch(message);
    }
  }

  #dispatch(message: ISseMessage): void {
    if (message.id !== null) {
      this.#lastId = message.id;
    }
    if (message.id !== null && this.#mayHaveMissed) {
      this.#mayHaveMissed = false;
      this.#options.emit('reset', '{}');
    }
    if (message.data !== null) {
      this.#options.emit(message.event, message.data);
    }
  }

  #setState(state: StreamState): void {
    if (this.#state !== state) {
      this.#state = state;
      this.#options.onState(state);
    }
  }
}
