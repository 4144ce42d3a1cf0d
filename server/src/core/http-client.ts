import { problem, type ProblemError } from './problem.ts';
import { ProxyFailure } from './proxy.ts';

/** The only place of the main thread that calls `fetch`. Redirects are never followed. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

export interface HttpRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Longest body that is read, in bytes. A longer one is refused. */
  readonly maxBytes: number;
  /** Take the first `maxBytes` of a longer body and hang up, instead of refusing it. */
  readonly cut?: boolean;
  /** Deadline for the whole exchange: a slow drip does not get past it. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Who is asked, as the person knows it; the host by default. */
  readonly title?: string;
}

/** Injected for tests; the shape of the global `fetch`. */
export type Fetch = typeof fetch;

/** What we call ourselves at the services that we ask. */
export const userAgent = 'jupyterlab-panosc';

async function readBounded(
  response: Response,
  { maxBytes, cut = false }: Pick<HttpRequest, 'maxBytes' | 'cut'>,
  where: string
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  if (response.body !== null) {
    for await (const part of response.body as ReadableStream<Uint8Array>) {
      length += part.byteLength;
      if (length > maxBytes && cut) {
        parts.push(part);
        return Buffer.concat(parts, maxBytes);
      }
      if (length > maxBytes) {
        throw problem(
          'upstream-garbled',
          `${where} sent more than ${maxBytes} bytes where far less was expected.`
        );
      }
      parts.push(part);
    }
  }
  return Buffer.concat(parts, length);
}

/** A failure at a proxy as a problem. */
function proxyProblem(failure: ProxyFailure): ProblemError {
  return problem(failure.isTransient ? 'upstream-unreachable' : 'proxy-refused', failure.message, {
    cause: failure
  });
}

/** What the system says, such as `ENOTFOUND`: who helps wants to know it. */
function whyNot(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return /^[A-Z][A-Z0-9_]{3,59}$/.test(code) ? ` (${code})` : '';
}

/**
 * One bounded request.
 *
 * Throws `upstream-unreachable` (no connection), `upstream-slow` (deadline), `upstream-garbled` (too long),
 * `proxy-refused` (by a proxy of this machine).
 * HTTP statuses are returned, also 4xx and 5xx.
 */
export async function httpRequest(
  url: URL,
  request: HttpRequest,
  fetchImpl: Fetch = fetch
): Promise<HttpAnswer> {
  const deadline = AbortSignal.timeout(request.timeoutMs);
  const signal = request.signal ? AbortSignal.any([request.signal, deadline]) : deadline;
  const where = request.title === undefined ? url.host : `"${request.title}"`;
  try {
    const response = await fetchImpl(url, {
      method: request.method ?? 'GET',
      headers: { 'user-agent': userAgent, ...request.headers },
      redirect: 'manual',
      signal,
      ...(request.body === undefined ? {} : { body: request.body })
    });
    return {
      status: response.status,
      headers: response.headers,
      body: await readBounded(response, request, where)
    };
  } catch (error) {
    request.signal?.throwIfAborted();
    if (deadline.aborted) {
      throw problem(
        'upstream-slow',
        `${where} did not answer within ${Math.round(request.timeoutMs / 1000)} s.`,
        {
          cause: error
        }
      );
    }
    if (error instanceof Error && error.name === 'ProblemError') {
      throw error;
    }
    if (error instanceof ProxyFailure) {
      throw proxyProblem(error);
    }
    throw problem(
      'upstream-unreachable',
      `${where} cannot be reached${whyNot(error)}. Check the network, then try again.`,
      {
        cause: error
      }
    );
  }
}
