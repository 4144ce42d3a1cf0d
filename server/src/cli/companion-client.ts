import { readFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { createInterface } from 'node:readline';
import type { EventMap, EventName, Problem } from '#contract';

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

/** A thin client of the companion's API on its unix socket. */
export class CompanionClient {
  readonly #socket: string;
  readonly #secret: string;

  private constructor({ socket, secret }: Announcement) {
    this.#socket = socket;
    this.#secret = secret;
  }

  /** Reads the announcement and attaches, so that the companion stays while this command runs. */
  static async attach(announcementFile: string): Promise<CompanionClient> {
    let announcement: Announcement;
    try {
      announcement = JSON.parse(readFileSync(announcementFile, 'utf8')) as Announcement;
    } catch (error) {
      throw new Unreachable('The companion does not run.', { cause: error });
    }
    const client = new CompanionClient(announcement);
    const held = await client.#send('GET', `/v1/attach?kind=cli&pid=${process.pid}`);
    held.on('error', () => undefined);
    held.resume();
    held.socket.unref();
    return client;
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

  async post<T>(path: string, body: unknown = {}): Promise<T> {
    return this.#exchange('POST', path, body);
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
      for await (const line of createInterface({
        input: stream,
        crlfDelay: Number.POSITIVE_INFINITY
      })) {
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

  async #exchange<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.#send(method, path, body);
    const content = await text(answer);
    if ((answer.statusCode ?? 0) >= 400) {
      throw new Refused(JSON.parse(content) as Problem);
    }
    return (content === '' ? null : JSON.parse(content)) as T;
  }

  #send(method: string, path: string, body?: unknown): Promise<IncomingMessage> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          socketPath: this.#socket,
          method,
          path,
          headers: {
            'x-panosc-relay': this.#secret,
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
