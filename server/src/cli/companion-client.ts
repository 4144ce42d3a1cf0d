import { readFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { IDEMPOTENCY_HEADER, type EventMap, type EventName, type Problem } from '#contract';

/** The companion cannot be reached: exit code 4. */
export class Unreachable extends Error {}

/** The companion answered with a problem. */
export class Refused extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

interface Announcement {
  readonly socket: string;
  readonly secret: string;
}

/** Lines of a stream; one that is cut ends like one that has an end: the caller looks what has become of it. */
async function* linesOf(stream: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  stream.setEncoding('utf8');
  try {
    for await (const piece of stream as AsyncIterable<string>) {
      const lines = `${rest}${piece}`.split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch {
    // Cut.
  }
}

/** Longer than a Jupyter server takes to start the next one; without such a server nobody does. */
const SUCCESSOR_MS = 8000;
const LOOK_MS = 200;

function readAnnouncement(file: string): Announcement {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Announcement;
  } catch (error) {
    throw new Unreachable('The companion does not run. Try again.', { cause: error });
  }
}

/** A thin client of the companion's API on its unix socket. */
export class CompanionClient {
  readonly #file: string;
  #announced: Announcement;
  #isLost = false;

  private constructor(file: string) {
    this.#file = file;
    this.#announced = readAnnouncement(file);
  }

  /** Reads the announcement and attaches, so that the companion stays while this command runs. */
  static async attach(announcementFile: string): Promise<CompanionClient> {
    const client = new CompanionClient(announcementFile);
    await client.#hold();
    return client;
  }

  /** The companion has died and its successor is not there yet. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** After the companion's death: waits a little for the next one and attaches to it. Throws `Unreachable`. */
  async reattach(): Promise<void> {
    this.#isLost = true;
    const end = performance.now() + SUCCESSOR_MS;
    for (;;) {
      try {
        this.#announced = readAnnouncement(this.#file);
        await this.#hold();
        this.#isLost = false;
        return;
      } catch (error) {
        if (!(error instanceof Unreachable) || performance.now() > end) {
          throw error;
        }
      }
      await new Promise(resolve => setTimeout(resolve, LOOK_MS));
    }
  }

  /** The connection is what the companion knows a client by; it keeps this process from nothing. */
  async #hold(): Promise<void> {
    const held = await this.#send('GET', `/v1/attach?kind=cli&pid=${process.pid}`);
    held.on('error', () => undefined);
    held.resume();
    held.socket.unref();
  }

  async get<T>(
    path: string,
    query: Readonly<Record<string, string | number | undefined>> = {}
  ): Promise<T> {
    const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
    const search = new URLSearchParams(
      given.map(([name, value]): [string, string] => [name, String(value)])
    ).toString();
    return this.#exchange('GET', search === '' ? path : `${path}?${search}`);
  }

  /** With a `key` it may be sent again: what it starts is started once. */
  async post<T>(path: string, body: unknown = {}, key?: string): Promise<T> {
    return this.#exchange('POST', path, body, key);
  }

  async put<T>(path: string, body: unknown): Promise<T> {
    return this.#exchange('PUT', path, body);
  }

  /** Events from now on, until the consumer stops. */
  async *events(): AsyncGenerator<
    { [N in EventName]: { name: N; value: EventMap[N] } }[EventName]
  > {
    const stream = await this.#send('GET', '/v1/events');
    try {
      let name = '';
      for await (const line of linesOf(stream)) {
        if (line.startsWith('event: ')) {
          name = line.slice('event: '.length);
        } else if (line.startsWith('data: ')) {
          yield { name, value: JSON.parse(line.slice('data: '.length)) as never } as never;
        }
      }
    } finally {
      stream.destroy();
    }
  }

  async #exchange<T>(method: string, path: string, body?: unknown, key?: string): Promise<T> {
    const answer = await this.#send(method, path, body, key);
    const content = await text(answer).catch((error: unknown) => {
      throw new Unreachable('The companion ended.', { cause: error });
    });
    if ((answer.statusCode ?? 0) >= 400) {
      throw new Refused(JSON.parse(content) as Problem);
    }
    return (content === '' ? null : JSON.parse(content)) as T;
  }

  #send(method: string, path: string, body?: unknown, key?: string): Promise<IncomingMessage> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          socketPath: this.#announced.socket,
          method,
          path,
          headers: {
            'x-panosc-relay': this.#announced.secret,
            ...(key === undefined ? {} : { [IDEMPOTENCY_HEADER]: key }),
            ...(payload === undefined
              ? {}
              : {
                  'content-type': 'application/json',
                  'content-length': Buffer.byteLength(payload)
                })
          }
        },
        resolve
      );
      outgoing.on('error', error =>
        reject(new Unreachable('The companion does not answer.', { cause: error }))
      );
      outgoing.end(payload);
    });
  }
}
