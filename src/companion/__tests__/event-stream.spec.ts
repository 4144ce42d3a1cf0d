import { EventStream } from '../event-stream.ts';
import type { StreamState } from '../tokens.ts';

type Chunk = { done: boolean; value?: Uint8Array };

/** A stream whose text the test writes. */
class FakeConnection {
  readonly signal: AbortSignal;
  readonly lastId: string | null;
  readonly response: Response;
  readonly #chunks: Chunk[] = [];
  #taker: { resolve: (chunk: Chunk) => void; reject: (error: Error) => void } | null = null;

  constructor(lastId: string | null, signal: AbortSignal) {
    this.lastId = lastId;
    this.signal = signal;
    signal.addEventListener('abort', () => this.#taker?.reject(new Error('aborted')));
    const reader = {
      read: () =>
        new Promise<Chunk>((resolve, reject) => {
          const chunk = this.#chunks.shift();
          if (chunk !== undefined) {
            resolve(chunk);
          } else {
            this.#taker = { resolve, reject };
          }
        }),
      cancel: () => Promise.resolve()
    };
    this.response = { body: { getReader: () => reader } } as unknown as Response;
  }

  write(text: string): void {
    this.#push({ done: false, value: new TextEncoder().encode(text) });
  }

  end(): void {
    this.#push({ done: true });
  }

  #push(chunk: Chunk): void {
    const taker = this.#taker;
    this.#taker = null;
    if (taker === null) {
      this.#chunks.push(chunk);
    } else {
      taker.resolve(chunk);
    }
  }
}

/** One browser tab: its stream, its connections, what it was told. */
class Tab {
  readonly connections: FakeConnection[] = [];
  readonly events: [string, unknown][] = [];
  readonly states: StreamState[] = [];
  readonly waits: number[] = [];
  readonly stream: EventStream;
  isServerDown = false;

  constructor() {
    this.stream = new EventStream({
      name: 'test',
      open: async (lastId, signal) => {
        if (this.isServerDown) {
          throw new Error('down');
        }
        const connection = new FakeConnection(lastId, signal);
        this.connections.push(connection);
        return connection.response;
      },
      emit: (event, data) => this.events.push([event, JSON.parse(data)]),
      onState: state => this.states.push(state),
      wait: async ms => {
        this.waits.push(ms);
        await new Promise(resolve => setTimeout(resolve, 0));
      }
    });
    this.stream.start();
  }

  get last(): FakeConnection {
    const connection = this.connections.at(-1);
    if (connection === undefined) {
      throw new Error('not connected');
    }
    return connection;
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise(resolve => setTimeout(resolve, 1));
  }
}

const tabs: Tab[] = [];
function openTab(): Tab {
  const tab = new Tab();
  tabs.push(tab);
  return tab;
}

/** Web Locks and BroadcastChannel as far as we use them; jsdom has neither. */
function installSharing(): void {
  const queue: (() => void)[] = [];
  let isHeld = false;
  const run = async (job: () => unknown): Promise<void> => {
    isHeld = true;
    await job();
    isHeld = false;
    queue.shift()?.();
  };
  Object.defineProperty(navigator, 'locks', {
    configurable: true,
    value: {
      request: (
        _name: string,
        options: { ifAvailable?: boolean; signal?: AbortSignal },
        job: (lock: unknown) => unknown
      ) => {
        if (!isHeld) {
          return run(() => job({}));
        }
        if (options.ifAvailable === true) {
          return Promise.resolve(job(null));
        }
        return new Promise((resolve, reject) => {
          const start = (): void => void run(() => job({})).then(resolve, reject);
          queue.push(start);
          options.signal?.addEventListener('abort', () => {
            queue.splice(queue.indexOf(start), 1);
            reject(new DOMException('', 'AbortError'));
          });
        });
      }
    }
  });
  const channels = new Set<{ onmessage: ((event: { data: unknown }) => void) | null }>();
  Object.defineProperty(globalThis, 'BroadcastChannel', {
    configurable: true,
    value: class {
      onmessage: ((event: { data: unknown }) => void) | null = null;
      constructor() {
        channels.add(this);
      }
      postMessage(data: unknown): void {
        for (const other of channels) {
          if (other !== this) {
            other.onmessage?.({ data });
          }
        }
      }
      close(): void {
        channels.delete(this);
      }
    }
  });
}

function setVisible(isVisible: boolean): void {
  Object.defineProperty(document, 'visibilityState', {
    configurable: true,
    value: isVisible ? 'visible' : 'hidden'
  });
  document.dispatchEvent(new Event('visibilitychange'));
}

afterEach(() => {
  tabs.splice(0).forEach(tab => tab.stream.dispose());
  Reflect.deleteProperty(navigator, 'locks');
  Reflect.deleteProperty(globalThis, 'BroadcastChannel');
  Reflect.deleteProperty(document, 'visibilityState');
});

describe('EventStream', () => {
  it('passes events on and resumes after the last one', async () => {
    const tab = openTab();
    await until(() => tab.connections.length === 1);
    expect(tab.last.lastId).toBeNull();
    tab.last.write('event: hello\ndata: {"contract":1}\n\nid: 4\n: ready\n\n');
    tab.last.write('id: 5\nevent: transfer\ndata: {"id":"t_1"}\n\n');
    await until(() => tab.events.length === 2);
    expect(tab.events).toEqual([
      ['hello', { contract: 1 }],
      ['transfer', { id: 't_1' }]
    ]);
    tab.last.end();
    await until(() => tab.connections.length === 2);
    expect(tab.last.lastId).toBe('5');
    expect(tab.states).toContain('waiting');
  });

  it('waits longer each time, and from the start after it worked', async () => {
    const tab = openTab();
    tab.isServerDown = true;
    await until(() => tab.connections.length === 1);
    tab.last.end();
    await until(() => tab.waits.length >= 5);
    const longest = Math.max(...tab.waits);
    expect(longest).toBeLessThanOrEqual(60_000);
    expect(tab.waits[4] ?? 0).toBeGreaterThan(tab.waits[0] ?? Infinity);
    tab.isServerDown = false;
    await until(() => tab.connections.length === 2);
    tab.last.write('event: hello\ndata: {}\n\n');
    await until(() => tab.events.length === 1);
    const before = tab.waits.length;
    tab.last.end();
    await until(() => tab.waits.length > before);
    expect(tab.waits[before]).toBeLessThanOrEqual(1_000);
  });

  it('is one stream for all tabs, and another tab takes over', async () => {
    installSharing();
    const first = openTab();
    await until(() => first.connections.length === 1);
    const second = openTab();
    first.last.write('id: 1\nevent: job\ndata: {"id":"j_1"}\n\n');
    await until(() => second.events.length === 1);
    expect(second.connections).toHaveLength(0);
    expect(second.events).toEqual(first.events);

    first.stream.dispose();
    await until(() => second.connections.length === 1);
    expect(second.last.lastId).toBe('1');
    second.last.write('id: 2\nevent: job\ndata: {"id":"j_2"}\n\n');
    await until(() => second.events.length === 2);
  });

  it('loads everything again when a tab has missed something', async () => {
    installSharing();
    const first = openTab();
    await until(() => first.connections.length === 1);
    const second = openTab();
    first.last.write('id: 1\nevent: job\ndata: {}\n\n');
    await until(() => second.events.length === 1);
    const channel = new BroadcastChannel('test');
    // A message that says "before me came 7", which the second tab never got.
    channel.postMessage({ id: '8', event: 'job', data: '{}', previousId: '7' });
    expect(second.events.at(-1)).toEqual(['reset', {}]);
    // An old one again changes nothing.
    const count = second.events.length;
    channel.postMessage({ id: '8', event: 'job', data: '{}', previousId: '7' });
    expect(second.events).toHaveLength(count);
  });

  it('loads everything again when it leads after a leader that said nothing', async () => {
    installSharing();
    const first = openTab();
    await until(() => first.connections.length === 1);
    const second = openTab();
    first.stream.dispose();
    await until(() => second.connections.length === 1);
    second.last.write('id: 9\n: ready\n\n');
    await until(() => second.events.length === 1);
    expect(second.events).toEqual([['reset', {}]]);
  });

  it('is closed while the page is hidden', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask', 'nextTick'] });
    try {
      const tab = openTab();
      await jest.advanceTimersByTimeAsync(10);
      expect(tab.connections).toHaveLength(1);
      setVisible(false);
      await jest.advanceTimersByTimeAsync(1_000);
      expect(tab.last.signal.aborted).toBe(false);
      await jest.advanceTimersByTimeAsync(10_000);
      expect(tab.last.signal.aborted).toBe(true);
      expect(tab.states.at(-1)).toBe('paused');
      setVisible(true);
      await jest.advanceTimersByTimeAsync(10);
      expect(tab.connections).toHaveLength(2);
    } finally {
      jest.useRealTimers();
    }
  });

  it('gives up a line that says nothing', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask', 'nextTick'] });
    try {
      const tab = openTab();
      await jest.advanceTimersByTimeAsync(10);
      const silent = tab.last;
      await jest.advanceTimersByTimeAsync(46_000);
      expect(silent.signal.aborted).toBe(true);
      await jest.advanceTimersByTimeAsync(10);
      expect(tab.connections.length).toBeGreaterThan(1);
    } finally {
      jest.useRealTimers();
    }
  });
});
