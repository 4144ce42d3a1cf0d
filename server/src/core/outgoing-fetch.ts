import { Readable } from 'node:stream';
import type { Fetch } from './http-client.ts';
import { openRequest } from './open-request.ts';
import { refusalFor, type Environment } from './proxy.ts';
import { viaFor, type Via } from './via.ts';

/** Statuses that the Fetch standard allows no body for. */
const bodiless = new Set([204, 205, 304]);

function fetchBy(url: URL, via: Via, init: RequestInit): Promise<Response> {
  return new Promise((resolve, reject) => {
    const signal = init.signal ?? undefined;
    const onAbort = (): void => reject(signal?.reason as Error);
    const settled = (): void => signal?.removeEventListener('abort', onAbort);
    signal?.addEventListener('abort', onAbort, { once: true });
    const outgoing = openRequest(url, via, {
      method: init.method ?? 'GET',
      headers: Object.fromEntries(new Headers(init.headers)),
      ...(signal === undefined ? {} : { signal })
    });
    outgoing.on('response', incoming => {
      settled();
      const headers = new Headers();
      for (const [name, values] of Object.entries(incoming.headersDistinct)) {
        values?.forEach(value => headers.append(name, value));
      }
      const status = incoming.statusCode ?? 500;
      const refusal = refusalFor(url, via.proxy, status);
      if (refusal !== null) {
        outgoing.destroy();
        reject(refusal);
        return;
      }
      const hasBody = !bodiless.has(status);
      if (!hasBody) {
        incoming.resume();
      }
      const body = hasBody ? (Readable.toWeb(incoming) as ReadableStream<Uint8Array>) : null;
      resolve(new Response(body, { status, headers }));
    });
    outgoing.on('close', settled);
    outgoing.on('error', reject);
    outgoing.end(typeof init.body === 'string' ? init.body : undefined);
  });
}

/** What says how this machine asks others. */
export interface Outgoing {
  /** The direct way, with the usual authorities. */
  readonly fetch: Fetch;
  readonly surroundings: { readonly env: Environment };
}

/**
 * A `fetch` that goes the way which the environment of this machine prescribes, and trusts exactly the certificate
 * authorities in `ca` (PEM) if there are some: Node's own can be told neither for one service. Only what
 * `httpRequest` needs.
 */
export function outgoingFetch(
  { fetch, surroundings: { env } }: Outgoing,
  ca: string | null = null
): Fetch {
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const via = viaFor(url, env, ca);
    const isUsual = via.proxy === null && via.ca === null;
    return isUsual ? fetch(input, init) : fetchBy(url, via, init);
  };
}
