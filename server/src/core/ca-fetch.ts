import { request } from 'node:https';
import { Readable } from 'node:stream';
import type { Fetch } from './http-client.ts';

/** Statuses that the Fetch standard allows no body for. */
const bodiless = new Set([204, 205, 304]);

/**
 * A `fetch` that trusts exactly the certificate authorities in `ca` (PEM): for services whose certificate
 * a facility signed itself. Node's own `fetch` cannot be told. Only what `httpRequest` needs, https only.
 */
export function fetchTrusting(ca: string): Fetch {
  return (input, init = {}) =>
    new Promise((resolve, reject) => {
      const url = input instanceof Request ? input.url : input;
      const outgoing = request(
        url,
        {
          ca,
          agent: false,
          method: init.method ?? 'GET',
          headers: Object.fromEntries(new Headers(init.headers)),
          ...(init.signal ? { signal: init.signal } : {})
        },
        incoming => {
          const headers = new Headers();
          for (const [name, values] of Object.entries(incoming.headersDistinct)) {
            values?.forEach(value => headers.append(name, value));
          }
          const status = incoming.statusCode ?? 500;
          const hasBody = !bodiless.has(status);
          if (!hasBody) {
            incoming.resume();
          }
          const body = hasBody ? (Readable.toWeb(incoming) as ReadableStream<Uint8Array>) : null;
          resolve(new Response(body, { status, headers }));
        }
      );
      outgoing.on('error', reject);
      outgoing.end(typeof init.body === 'string' ? init.body : undefined);
    });
}
