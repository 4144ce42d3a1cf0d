import type { CallContext } from '../core/call-context.ts';
import { httpRequest, type Fetch } from '../core/http-client.ts';
import { problem } from '../core/problem.ts';
import type { StoreProfile } from '../facility/profile.ts';
import type { ExpectedChecksum } from './port.ts';

const MAX_BYTES = 64_000_000;
const TIMEOUT_MS = 30_000;

const algorithms: Readonly<Record<string, ExpectedChecksum['algorithm']>> = {
  SHA256SUMS: 'sha256',
  SHA1SUMS: 'sha1',
  MD5SUMS: 'md5',
  'manifest-sha256.txt': 'sha256',
  'manifest-md5.txt': 'md5'
};

/**
 * Reads what sha256sum(1) and its kin write, and BagIt payload manifests (RFC 8493 §2.1.3):
 * `HEX  name` or `HEX *name`; a leading backslash says that the name has `\n` and `\\` escaped.
 */
export function parseManifest(name: string, text: string): Map<string, ExpectedChecksum> {
  const algorithm = algorithms[name] ?? 'sha256';
  const length = { md5: 32, sha1: 40, sha256: 64, sha512: 128, adler32: 8 }[algorithm];
  const line = new RegExp(`^(\\\\?)([0-9a-fA-F]{${length}})[ \\t]+\\*?(.+)$`);
  const found = new Map<string, ExpectedChecksum>();
  for (const row of text.split('\n')) {
    const [, escaped, value = '', raw = ''] = line.exec(row.replace(/\r$/, '')) ?? [];
    if (value !== '') {
      const path =
        escaped === ''
          ? raw
          : raw.replace(/\\(n|\\)/g, (_whole, kind: string) => (kind === 'n' ? '\n' : '\\'));
      found.set(path.replace(/^\.\//, ''), { algorithm, value: value.toLowerCase(), source: name });
    }
  }
  return found;
}

/** Checksums of the folders of one transfer; each manifest is asked for once. */
export class Manifests {
  readonly #name: string;
  readonly #store: StoreProfile;
  readonly #call: CallContext;
  readonly #fetch: Fetch;
  readonly #folders = new Map<string, Promise<Map<string, ExpectedChecksum>>>();

  constructor(name: string, store: StoreProfile, call: CallContext, fetchImpl: Fetch) {
    this.#name = name;
    this.#store = store;
    this.#call = call;
    this.#fetch = fetchImpl;
  }

  /** The checksum of a file, or null when the folder has no manifest or the manifest does not name the file. */
  async checksumOf(file: URL): Promise<ExpectedChecksum | null> {
    const folder = new URL('.', file);
    const known = this.#folders.get(folder.href) ?? this.#read(new URL(this.#name, folder));
    this.#folders.set(folder.href, known);
    const checksums = await known;
    const name = decodeURIComponent(file.pathname.slice(file.pathname.lastIndexOf('/') + 1));
    return checksums.get(name) ?? checksums.get(`data/${name}`) ?? null;
  }

  async #read(url: URL): Promise<Map<string, ExpectedChecksum>> {
    const provider = this.#store.token_from;
    let token = provider === undefined ? undefined : await this.#call.token(provider);
    for (let attempt = 0; ; attempt++) {
      const answer = await httpRequest(
        url,
        {
          maxBytes: MAX_BYTES,
          timeoutMs: TIMEOUT_MS,
          signal: this.#call.signal,
          headers: token === undefined ? {} : { authorization: `Bearer ${token.reveal()}` }
        },
        this.#fetch
      );
      if (answer.status === 200) {
        return parseManifest(this.#name, new TextDecoder().decode(answer.body));
      }
      if (answer.status === 404 || answer.status === 410) {
        return new Map();
      }
      if (answer.status === 401 && provider !== undefined && attempt === 0) {
        token = await this.#call.token(provider, token);
        continue;
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
  }
}
