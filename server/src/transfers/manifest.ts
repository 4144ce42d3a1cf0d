import type { CallContext } from '../core/call-context.ts';
import { httpRequest, type Fetch, type HttpAnswer, type HttpRequest } from '../core/http-client.ts';
import { problem } from '../core/problem.ts';
import type { StoreProfile } from '../facility/profile.ts';
import { segmentsOf } from './file-name.ts';
import { parseManifest } from './parse-manifest.ts';
import type { ExpectedChecksum } from './port.ts';
import { isBelowStore } from './puller/allowed-url.ts';

const MAX_BYTES = 64_000_000;
const TIMEOUT_MS = 30_000;

type Checksums = ReadonlyMap<string, ExpectedChecksum>;

/**
 * Where a manifest may lie and how it names the file: beside it; for BagIt also beside the `data` folder
 * that holds the payload (RFC 8493 §2.1.2).
 */
export function manifestPlaces(
  name: string,
  store: Pick<StoreProfile, 'url'>,
  file: URL
): { url: URL; path: string }[] {
  const segments = segmentsOf(file);
  const places = [{ up: 0, path: segments.at(-1) ?? '' }];
  if (name.startsWith('manifest-')) {
    for (let at = segments.length - 2; at >= 0; at--) {
      if (segments[at] === 'data') {
        places.push({ up: segments.length - 1 - at, path: segments.slice(at).join('/') });
      }
    }
  }
  return places
    .map(({ path, up }) => ({ path, url: new URL('../'.repeat(up) + name, file) }))
    .filter(({ url }) => isBelowStore(url, store));
}

/** Asks for a manifest with the token of its store; one that is refused is renewed once. */
export async function askForManifest(
  url: URL,
  store: StoreProfile,
  call: CallContext,
  fetchImpl: Fetch,
  limits: Pick<HttpRequest, 'maxBytes' | 'cut' | 'timeoutMs'>
): Promise<HttpAnswer> {
  const provider = store.token_from;
  let token = provider === undefined ? undefined : await call.token(provider);
  for (let attempt = 0; ; attempt++) {
    const answer = await httpRequest(
      url,
      {
        ...limits,
        signal: call.signal,
        title: store.title,
        headers: token === undefined ? {} : { authorization: `Bearer ${token.reveal()}` }
      },
      fetchImpl
    );
    if (answer.status !== 401 || provider === undefined || attempt > 0) {
      return answer;
    }
    token = await call.token(provider, token);
  }
}

/** The store says that there is no such manifest. */
export function isNotThere({ status }: Pick<HttpAnswer, 'status'>): boolean {
  return status === 404 || status === 410;
}

/** Checksums of the folders of one transfer; each manifest is asked for once. */
export class Manifests {
  readonly #name: string;
  readonly #store: StoreProfile;
  readonly #call: CallContext;
  readonly #fetch: Fetch;
  readonly #known = new Map<string, Promise<Checksums>>();

  constructor(name: string, store: StoreProfile, call: CallContext, fetchImpl: Fetch) {
    this.#name = name;
    this.#store = store;
    this.#call = call;
    this.#fetch = fetchImpl;
  }

  /** The checksum of a file, or null when there is no manifest or it does not name the file. */
  async checksumOf(file: URL): Promise<ExpectedChecksum | null> {
    for (const { path, url } of manifestPlaces(this.#name, this.#store, file)) {
      const known = this.#known.get(url.href) ?? this.#read(url);
      this.#known.set(url.href, known);
      const checksum = (await known).get(path);
      if (checksum !== undefined) {
        return checksum;
      }
    }
    return null;
  }

  async #read(url: URL): Promise<Checksums> {
    const answer = await askForManifest(url, this.#store, this.#call, this.#fetch, {
      maxBytes: MAX_BYTES,
      timeoutMs: TIMEOUT_MS
    });
    if (answer.status === 200) {
      return this.#parse(answer.body);
    }
    if (isNotThere(answer)) {
      return new Map();
    }
    // Without the manifest "as sent" would be a guess: the facility has checksums, we could not read them.
    const slug =
      answer.status === 401 || answer.status === 403 ? 'store-refused' : 'upstream-error';
    throw problem(
      slug,
      `"${this.#store.title}" answered ${answer.status} for ${this.#name}, which holds the checksums. Retry later.`,
      {
        extra: { status: answer.status }
      }
    );
  }

  #parse(body: Uint8Array): Checksums {
    const text = new TextDecoder().decode(body);
    const checksums = parseManifest(this.#name, text);
    if (checksums.size === 0 && text.trim() !== '') {
      throw problem(
        'upstream-garbled',
        `"${this.#store.title}" sent something else than checksums for ${this.#name}. Tell its operators.`
      );
    }
    return checksums;
  }
}
