import type { KeyObject } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { problem } from '../../core/problem.ts';
import { inflateBounded } from './inflate.ts';
import { MAX_MANIFEST_BYTES, parseManifest, type Manifest } from './manifest.ts';
import { isOlder, type NewestManifest } from './newest-manifest.ts';
import type { Objects } from './objects.ts';
import type { Servers } from './servers.ts';
import { requireHashText } from './signed-text.ts';
import {
  checkListed,
  checkManifestSignature,
  checkWhitelist,
  readCertificate,
  readMasterKeys
} from './trust.ts';
import { MAX_WHITELIST_BYTES, parseWhitelist, type Whitelist } from './whitelist.ts';

/** A manifest whose whole chain up to a master key was checked. */
export interface Trusted {
  readonly manifest: Manifest;
  readonly whitelist: Whitelist;
  readonly server: URL;
}

const SMALL_FILE_TIMEOUT_MS = 10_000;
const MAX_CERTIFICATE_BYTES = 65_536;

interface Parts {
  readonly fqrn: string;
  readonly masterKeys: readonly string[];
  readonly servers: Servers;
  readonly objects: Objects;
  readonly newest: NewestManifest;
  readonly clock: Clock;
}

/** Checks the chain: manifest → certificate → manifest's signature → whitelist → certificate listed. */
export class Verifier {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * The newest state that some server can prove. A server that offers less than was accepted before is passed
   * over; when all do, the newer state is kept. Throws what the servers' failures say.
   */
  async verify(): Promise<Trusted> {
    const { fqrn, masterKeys, newest, servers } = this.#parts;
    const keys = readMasterKeys(masterKeys, fqrn);
    const known = await newest.get();
    let behind: (Trusted & { readonly bytes: Uint8Array }) | null = null;
    try {
      return await servers.tryEach(async (server, isFresh) => {
        const { bytes, ...trusted } = await this.#verifyFrom(server, keys, isFresh);
        if (known !== null && isOlder(trusted.manifest, known)) {
          behind ??= { ...trusted, bytes };
          throw problem(
            'upstream-error',
            `The server ${server.host} is behind: it offers revision ${trusted.manifest.revision} of ${fqrn}, but revision ${known.revision} was seen before.`
          );
        }
        await newest.accept(trusted.manifest, bytes);
        return trusted;
      });
    } catch (error) {
      // The assignment lies in a callback, which the compiler does not follow.
      const found = behind as (Trusted & { readonly bytes: Uint8Array }) | null;
      if (found === null || known === null) {
        throw error;
      }
      return await this.#keepNewer(found, known);
    }
  }

  /** The newer state, or the older one when nobody can prove the newer one any more (its key was withdrawn). */
  async #keepNewer(behind: Trusted & { bytes: Uint8Array }, known: Manifest): Promise<Trusted> {
    const { bytes, ...older } = behind;
    try {
      await this.#checkSigner(known, behind.whitelist);
      return { ...older, manifest: known };
    } catch {
      await this.#parts.newest.accept(older.manifest, bytes);
      return older;
    }
  }

  async #verifyFrom(
    server: URL,
    keys: readonly KeyObject[],
    isFresh: boolean
  ): Promise<Trusted & { bytes: Uint8Array }> {
    const { clock, fqrn, servers } = this.#parts;
    const bytes = await servers.get(server, '.cvmfspublished', {
      maxBytes: MAX_MANIFEST_BYTES,
      timeoutMs: SMALL_FILE_TIMEOUT_MS,
      isFresh
    });
    const manifest = parseManifest(bytes, fqrn, server.host);
    // Before anything that it names is asked for: an altered text is told as such, not as a missing object.
    requireHashText(manifest.signed, `manifest of ${fqrn}`);
    const list = await servers.get(server, '.cvmfswhitelist', {
      maxBytes: MAX_WHITELIST_BYTES,
      timeoutMs: SMALL_FILE_TIMEOUT_MS,
      isFresh
    });
    const whitelist = parseWhitelist(list, server.host);
    checkWhitelist(whitelist, fqrn, keys, clock.now());
    await this.#checkSigner(manifest, whitelist);
    return { manifest, whitelist, server, bytes };
  }

  async #checkSigner(manifest: Manifest, whitelist: Whitelist): Promise<void> {
    const { fqrn, objects } = this.#parts;
    const stored = await objects.get({
      hash: manifest.certificateHash,
      suffix: 'X',
      maxBytes: MAX_CERTIFICATE_BYTES
    });
    const pem = await inflateBounded(stored, MAX_CERTIFICATE_BYTES, `The certificate of ${fqrn}`);
    const certificate = readCertificate(pem, fqrn);
    checkManifestSignature(manifest, certificate);
    checkListed(whitelist, certificate, fqrn);
  }
}
