import { httpRequest, type Fetch } from '../../core/http-client.ts';
import { problem, ProblemError } from '../../core/problem.ts';

interface GetOptions {
  readonly maxBytes: number;
  readonly timeoutMs: number;
  /** Asks proxies on the way for a fresh copy. */
  readonly isFresh: boolean;
  /** Take only this many bytes from the start. */
  readonly headBytes?: number;
}

/** Which of several failures tells a person most; the last is the least. */
const byWeight = [
  'repository-expired',
  'repository-not-trusted',
  'object-tampered',
  'upstream-garbled',
  'image-not-readable',
  'proxy-refused',
  'upstream-error',
  'upstream-slow',
  'upstream-unreachable'
];

function weightiest(failures: readonly ProblemError[]): ProblemError {
  const weight = ({ slug }: ProblemError): number => byWeight.length - byWeight.indexOf(slug);
  return failures.reduce((worst, next) => (weight(next) > weight(worst) ? next : worst));
}

/** The servers that carry a repository: asked in order, a bad one is named and passed over. */
export class Servers {
  readonly #fetch: Fetch;
  #order: readonly URL[];
  readonly #warnings = new Map<string, string>();

  constructor(servers: readonly URL[], fetchImpl: Fetch) {
    this.#fetch = fetchImpl;
    this.#order = servers.map(server => new URL(server.href.replace(/\/*$/, '/')));
  }

  /** One sentence for each server that did not do its part. */
  get warnings(): readonly string[] {
    return [...this.#warnings.values()];
  }

  clearWarnings(): void {
    this.#warnings.clear();
  }

  #warn(server: URL, sentence: string): void {
    const text = sentence.includes(server.host) ? sentence : `${server.host}: ${sentence}`;
    this.#warnings.set(server.href, text);
  }

  /** Asks this server first from now on. */
  prefer(server: URL): void {
    this.#order = [server, ...this.#order.filter(other => other !== server)];
  }

  /**
   * Tries the servers in turn, each once more past the caches of proxies when what it sent was wrong.
   * Throws the problem that says most when none will do.
   */
  async tryEach<T>(attempt: (server: URL, isFresh: boolean) => Promise<T>): Promise<T> {
    const failures: ProblemError[] = [];
    for (const server of this.#order) {
      let last = '';
      for (const isFresh of [false, true]) {
        try {
          return await attempt(server, isFresh);
        } catch (error) {
          if (!(error instanceof ProblemError)) {
            throw error;
          }
          failures.push(error);
          last = error.message;
          if (
            error.slug === 'upstream-slow' ||
            error.slug === 'proxy-refused' ||
            error.extra?.['status'] !== undefined
          ) {
            // It would answer the same again; its neighbour may not.
            break;
          }
        }
      }
      this.#warn(server, last);
    }
    throw weightiest(failures);
  }

  /** A body from one server. Throws the `upstream-…` problems; anything but 200 (or 206) is one. */
  async get(server: URL, path: string, options: GetOptions): Promise<Uint8Array> {
    const { headBytes, isFresh, maxBytes, timeoutMs } = options;
    const answer = await httpRequest(
      new URL(path, server),
      {
        maxBytes: headBytes ?? maxBytes,
        // A server without ranges sends the whole: take the start and hang up.
        ...(headBytes === undefined ? {} : { cut: true }),
        timeoutMs,
        headers: {
          // Hashes cover the stored bytes; nobody on the way needs to pack them again.
          'accept-encoding': 'identity',
          ...(headBytes === undefined ? {} : { range: `bytes=0-${headBytes - 1}` }),
          ...(isFresh ? { 'cache-control': 'no-cache' } : {})
        }
      },
      this.#fetch
    );
    const isStart =
      headBytes !== undefined &&
      answer.status === 206 &&
      answer.headers.get('content-range')?.startsWith('bytes 0-') === true;
    if (answer.status === 200 || isStart) {
      return answer.body;
    }
    throw problem(
      'upstream-error',
      answer.status === 404
        ? `${server.host} answered 404 for ${path}: it does not have this file, it may lag behind.`
        : `${server.host} answered ${answer.status} for ${path}.`,
      { extra: { status: answer.status } }
    );
  }
}
