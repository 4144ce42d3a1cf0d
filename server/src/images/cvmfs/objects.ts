import { problem } from '../../core/problem.ts';
import { hashText, isObject, objectPath, type ObjectHash, type ObjectSuffix } from './hash.ts';
import type { ObjectCache } from './object-cache.ts';
import type { Servers } from './servers.ts';
import { SingleFlight } from './single-flight.ts';

const OBJECT_TIMEOUT_MS = 120_000;

/** An object that is wanted, and how many stored bytes it may have. */
export interface Wanted {
  readonly hash: ObjectHash;
  readonly suffix: ObjectSuffix;
  readonly maxBytes: number;
}

/** Objects by their hash: from the disk or from the servers, and never given out unchecked. */
export class Objects {
  readonly #servers: Servers;
  readonly #cache: ObjectCache;
  readonly #flights = new SingleFlight<Uint8Array>();

  constructor(servers: Servers, cache: ObjectCache) {
    this.#servers = servers;
    this.#cache = cache;
  }

  /** The stored bytes, hashed in this call. Throws `object-tampered` when no server has the right ones. */
  async get(wanted: Wanted, signal?: AbortSignal): Promise<Uint8Array> {
    const name = `${hashText(wanted.hash)}${wanted.suffix}`;
    return await this.#flights.run(
      name,
      async () => {
        const cached = await this.cached(wanted);
        if (cached !== null) {
          return cached;
        }
        const bytes = await this.#servers.tryEach((server, isFresh) =>
          this.#download(server, wanted, isFresh)
        );
        await this.#cache.write(name, bytes);
        return bytes;
      },
      signal
    );
  }

  /** The stored bytes from the disk, hashed again; null when they are not there or no longer right. */
  async cached({ hash, suffix }: Wanted): Promise<Uint8Array | null> {
    const name = `${hashText(hash)}${suffix}`;
    const bytes = await this.#cache.read(name);
    if (bytes !== null && !isObject(bytes, hash)) {
      await this.#cache.remove(name);
      return null;
    }
    return bytes;
  }

  /** What `decode` makes of the first stored bytes. NOT verified: a hash covers whole objects only. */
  async head<T>(
    { hash, suffix }: Wanted,
    headBytes: number,
    decode: (start: Uint8Array) => Promise<T>
  ): Promise<T> {
    return await this.#servers.tryEach(async (server, isFresh) => {
      const options = { maxBytes: headBytes, headBytes, isFresh, timeoutMs: OBJECT_TIMEOUT_MS };
      return await decode(await this.#servers.get(server, objectPath(hash, suffix), options));
    });
  }

  async #download(server: URL, wanted: Wanted, isFresh: boolean): Promise<Uint8Array> {
    const { hash, suffix, maxBytes } = wanted;
    const path = objectPath(hash, suffix);
    const bytes = await this.#servers.get(server, path, {
      maxBytes,
      isFresh,
      timeoutMs: OBJECT_TIMEOUT_MS
    });
    if (!isObject(bytes, hash)) {
      throw problem(
        'object-tampered',
        `${server.host} sent ${path} with other content than its hash names. It was thrown away; tell the administrator of that server.`,
        { extra: { object: path } }
      );
    }
    return bytes;
  }
}
