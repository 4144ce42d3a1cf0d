import type { IncomingMessage } from 'node:http';
import { userAgent } from '../../core/http-client.ts';
import { openRequest } from '../../core/open-request.ts';
import { refusalFor, type Environment } from '../../core/proxy.ts';
import { viaFor } from '../../core/via.ts';
import { isTransient } from './failure-problem.ts';
import { requestFailure } from './job-proxy.ts';
import type { RangeFailure } from './messages.ts';

/** What a store says about a file before anything is fetched. */
export interface Probe {
  readonly url: URL;
  /** Null when the store does not say it. */
  readonly sizeBytes: number | null;
  readonly hasRanges: boolean;
  /** Strong ETag, else Last-Modified, else null: what `If-Range` may hold (RFC 9110 §13.1.5). */
  readonly validator: string | null;
  readonly contentType: string;
  readonly headers: IncomingMessage['headers'];
}

const MAX_REDIRECTS = 3;

function validatorOf(headers: IncomingMessage['headers']): string | null {
  const { etag } = headers;
  if (etag !== undefined && /^"[\x21\x23-\x7e\x80-\xff]*"$/.test(etag)) {
    return etag;
  }
  return headers['last-modified'] ?? null;
}

function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** What the head of an answer says. */
function read(url: URL, response: IncomingMessage): Probe | { failure: RangeFailure } {
  const { headers, statusCode: status = 0 } = response;
  const range = headers['content-range'] ?? '';
  const isEmpty = status === 416 && /^bytes \*\/0$/.test(range);
  if (status !== 206 && status !== 200 && !isEmpty) {
    return { failure: { kind: 'status', status, retryAfter: headers['retry-after'] ?? null } };
  }
  const total = status === 206 ? numberOf(/\/(\d{1,15})$/.exec(range)?.[1]) : null;
  return {
    url,
    sizeBytes: isEmpty ? 0 : status === 206 ? total : numberOf(headers['content-length']),
    hasRanges: isEmpty || total !== null,
    validator: validatorOf(headers),
    contentType: headers['content-type'] ?? '',
    headers
  };
}

/** True when a page came where a file was asked for: a sign-in form, an index, an error with status 200. */
export function isWebPage(asked: URL, { contentType }: Probe): boolean {
  return /^text\/html\b/i.test(contentType) && !/\.html?$/i.test(asked.pathname);
}

/** How a store is asked. */
export interface AskOptions {
  /** PEM of the store's own authority; null for those of this machine. */
  readonly ca: string | null;
  readonly env: Environment;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

function ask(
  method: 'GET' | 'HEAD',
  url: URL,
  headers: Readonly<Record<string, string>>,
  options: AskOptions
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const via = viaFor(url, options.env, options.ca);
    const outgoing = openRequest(url, via, {
      method,
      headers: { 'user-agent': userAgent, 'accept-encoding': 'identity', ...headers },
      signal: options.signal
    });
    const settled = (): void => {
      clearTimeout(deadline);
      // The signal is that of the whole transfer: it would keep this request until that ends.
      options.signal.removeEventListener('abort', onAbort);
    };
    outgoing.on('response', response => {
      settled();
      // Only the head is wanted: a store that ignores Range would send the whole file.
      response.on('error', () => undefined);
      response.destroy();
      const refusal = refusalFor(url, via.proxy, response.statusCode ?? 0);
      if (refusal === null) {
        resolve(response);
      } else {
        reject(refusal);
      }
    });
    const giveUp = (error: Error): void => {
      settled();
      outgoing.destroy(error);
      // It says so itself only when it has a connection.
      reject(error);
    };
    // A deadline, not an idle time: a head that drips would get past that one.
    const deadline = setTimeout(() => giveUp(new Error('no answer in time')), options.timeoutMs);
    const onAbort = (): void => giveUp(options.signal.reason as Error);
    options.signal.addEventListener('abort', onAbort, { once: true });
    outgoing.on('close', settled);
    outgoing.on('error', error => {
      settled();
      reject(error);
    });
    outgoing.end();
  });
}

/**
 * Asks for the first byte: the answer's head says size, validator and whether ranges work, on servers
 * that refuse HEAD too. Redirects are followed only within the same origin.
 */
export async function probe(
  start: URL,
  headers: Readonly<Record<string, string>>,
  options: AskOptions & { readonly isAllowed: (url: URL) => boolean }
): Promise<Probe | { failure: RangeFailure }> {
  let url = start;
  for (let step = 0; step <= MAX_REDIRECTS; step++) {
    let response: IncomingMessage;
    try {
      response = await ask('GET', url, { ...headers, range: 'bytes=0-0' }, options);
    } catch (error) {
      return networkFailure(error, options.signal);
    }
    const status = response.statusCode ?? 0;
    const { location } = response.headers;
    if (status >= 300 && status < 400 && location !== undefined) {
      const next = URL.canParse(location, url.href) ? new URL(location, url) : null;
      if (next === null || next.origin !== start.origin || !options.isAllowed(next)) {
        return {
          failure: { kind: 'garbled', text: 'it sends on to another place, which is not followed' }
        };
      }
      url = next;
      continue;
    }
    return read(url, response);
  }
  return { failure: { kind: 'garbled', text: 'it sends from one place to the next without end' } };
}

/** What HEAD says; no headers where the store refuses it. */
export async function headOf(
  url: URL,
  headers: Readonly<Record<string, string>>,
  options: AskOptions
): Promise<{ value: IncomingMessage['headers'] } | { failure: RangeFailure }> {
  try {
    const response = await ask('HEAD', url, headers, options);
    const status = response.statusCode ?? 0;
    const failure = {
      kind: 'status' as const,
      status,
      retryAfter: response.headers['retry-after'] ?? null
    };
    return status === 401 || isTransient(failure)
      ? { failure }
      : { value: status === 200 ? response.headers : {} };
  } catch (error) {
    return networkFailure(error, options.signal);
  }
}

function networkFailure(error: unknown, signal: AbortSignal): { failure: RangeFailure } {
  signal.throwIfAborted();
  return { failure: requestFailure(error) };
}
