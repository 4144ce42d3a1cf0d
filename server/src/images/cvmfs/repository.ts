import path from 'node:path';
import type { Clock } from '../../core/clock.ts';
import type { Fetch } from '../../core/http-client.ts';
import type { Log } from '../../core/log.ts';
import { problem, ProblemError } from '../../core/problem.ts';
import { CatalogPool } from './catalog-pool.ts';
import { hashText } from './hash.ts';
import { NewestManifest } from './newest-manifest.ts';
import { ObjectCache } from './object-cache.ts';
import { Objects } from './objects.ts';
import { pathComponents } from './path-bytes.ts';
import type { CvmfsEntry, CvmfsRepository, CvmfsState } from './port.ts';
import { contentHashOf, readStart, readWhole, type StoredFile } from './read-content.ts';
import { notFound, resolveLinks } from './resolve-links.ts';
import { Servers } from './servers.ts';
import { SingleFlight } from './single-flight.ts';
import { checkNotExpired } from './trust.ts';
import { Verifier, type Trusted } from './verifier.ts';

/** What it takes to read a repository. */
export interface CvmfsOptions {
  readonly fqrn: string;
  /** Base addresses with the fqrn in them, in order of preference. */
  readonly servers: readonly URL[];
  /** Public keys in PEM form; one must have signed the whitelist. */
  readonly masterKeys: readonly string[];
  /** Folder for caches; a folder named after the fqrn is made in it. */
  readonly cacheDir: string;
  readonly cacheBytes?: number;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly log: Log;
}

const DEFAULT_CACHE_BYTES = 512 * 1024 * 1024;
/** A manifest's own TTL counts between these. */
const SHORTEST_TTL_SECONDS = 15;
const LONGEST_TTL_SECONDS = 3600;
/** After a failed refresh the state at hand is used this long before the servers are asked again. */
const OFFLINE_RETRY_SECONDS = 30;
const MAX_HEAD_BYTES = 16 * 1024 * 1024;

/** Opens nothing yet: the first call asks the servers. */
export function openCvmfs(options: CvmfsOptions): CvmfsRepository {
  return new HttpRepository(options);
}

class HttpRepository implements CvmfsRepository {
  readonly #fqrn: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #servers: Servers;
  readonly #objects: Objects;
  readonly #catalogs: CatalogPool;
  readonly #verifier: Verifier;
  readonly #refreshes = new SingleFlight<Trusted>();
  #trusted: Trusted | null = null;
  #goodUntil = 0;

  constructor(options: CvmfsOptions) {
    const { cacheBytes = DEFAULT_CACHE_BYTES, cacheDir, clock, fqrn, log } = options;
    const dir = path.join(cacheDir, fqrn);
    this.#fqrn = fqrn;
    this.#clock = clock;
    this.#log = log;
    this.#servers = new Servers(options.servers, options.fetch);
    const cache = new ObjectCache(path.join(dir, 'objects'), cacheBytes, clock, log);
    this.#objects = new Objects(this.#servers, cache);
    this.#catalogs = new CatalogPool(this.#objects, path.join(dir, 'open'), fqrn);
    this.#verifier = new Verifier({
      fqrn,
      masterKeys: options.masterKeys,
      servers: this.#servers,
      objects: this.#objects,
      newest: new NewestManifest(dir, fqrn, log),
      clock
    });
  }

  async open(signal?: AbortSignal): Promise<CvmfsState> {
    const { manifest, server, whitelist } = await this.#current(signal);
    return {
      fqrn: this.#fqrn,
      revision: manifest.revision,
      publishedAtMs: manifest.publishedAtMs,
      whitelistExpiresAtMs: whitelist.expiresAtMs,
      server: server.href.replace(/\/$/, ''),
      rootHash: hashText(manifest.rootHash),
      warnings: this.#servers.warnings,
      ttlSeconds: manifest.ttlSeconds
    };
  }

  async readdir(
    folder: string,
    options: { after?: string; limit?: number; signal?: AbortSignal } = {}
  ): Promise<{ entries: CvmfsEntry[]; more: boolean }> {
    const { after = '', limit = Number.MAX_SAFE_INTEGER - 1, signal } = options;
    const components = pathComponents(folder);
    const { manifest } = await this.#current(signal);
    return await this.#catalogs.read(
      manifest.rootHash,
      components,
      true,
      catalog => {
        const row = catalog.find(components);
        if (row === null) {
          throw notFound(folder, this.#fqrn);
        }
        if (row.entry.type !== 'dir') {
          throw problem('image-not-found', `${folder.toWellFormed()} is not a folder.`);
        }
        return catalog.list(components, after, limit);
      },
      signal
    );
  }

  async stat(path: string, signal?: AbortSignal): Promise<CvmfsEntry | null> {
    return await this.#stat(await this.#current(signal), pathComponents(path), signal);
  }

  async resolve(path: string, signal?: AbortSignal): Promise<CvmfsEntry> {
    return await this.#resolve(await this.#current(signal), path, signal);
  }

  async readFile(path: string, maxBytes: number, signal?: AbortSignal): Promise<Uint8Array> {
    return await readWhole(this.#objects, await this.#stored(path, signal), maxBytes, signal);
  }

  async readHead(
    path: string,
    bytes: number,
    signal?: AbortSignal
  ): Promise<{ bytes: Uint8Array; verified: boolean; totalBytes: number }> {
    const file = await this.#stored(path, signal);
    return await readStart(this.#objects, file, Math.min(bytes, MAX_HEAD_BYTES), signal);
  }

  async contentHash(path: string, signal?: AbortSignal): Promise<string | null> {
    return contentHashOf(await this.#stored(path, signal));
  }

  async #stored(path: string, signal: AbortSignal | undefined): Promise<StoredFile> {
    const trusted = await this.#current(signal);
    const entry = await this.#resolve(trusted, path, signal);
    const components = pathComponents(entry.path);
    return await this.#catalogs.read(
      trusted.manifest.rootHash,
      components,
      false,
      catalog => {
        const row = catalog.find(components);
        if (row === null) {
          throw notFound(path, this.#fqrn);
        }
        const chunks = row.entry.chunked ? catalog.chunks(components, row.flags) : [];
        return { row, chunks };
      },
      signal
    );
  }

  async #resolve(
    trusted: Trusted,
    path: string,
    signal: AbortSignal | undefined
  ): Promise<CvmfsEntry> {
    return await resolveLinks(pathComponents(path), this.#fqrn, async components =>
      this.#stat(trusted, components, signal)
    );
  }

  async #stat(
    { manifest }: Trusted,
    components: readonly string[],
    signal: AbortSignal | undefined
  ): Promise<CvmfsEntry | null> {
    return await this.#catalogs.read(
      manifest.rootHash,
      components,
      false,
      catalog => catalog.find(components)?.entry ?? null,
      signal
    );
  }

  /** The state in force: checked within its TTL, and never past the whitelist's end. */
  async #current(signal: AbortSignal | undefined): Promise<Trusted> {
    const held = this.#trusted;
    if (held !== null && this.#clock.monotonic() < this.#goodUntil) {
      if (this.#clock.now() < held.whitelist.expiresAtMs) {
        return held;
      }
    }
    return await this.#refreshes.run('', async () => await this.#refresh(), signal);
  }

  async #refresh(): Promise<Trusted> {
    this.#servers.clearWarnings();
    try {
      const trusted = await this.#verifier.verify();
      this.#servers.prefer(trusted.server);
      await this.#checkOpenToAll(trusted);
      const ttl = Math.min(
        LONGEST_TTL_SECONDS,
        Math.max(SHORTEST_TTL_SECONDS, trusted.manifest.ttlSeconds)
      );
      this.#goodUntil = this.#clock.monotonic() + ttl * 1000;
      this.#trusted = trusted;
      return trusted;
    } catch (error) {
      return this.#goOnWithout(error);
    }
  }

  /** No server answers: what was checked before is still good, until the whitelist's end. */
  #goOnWithout(error: unknown): Trusted {
    const isOffline =
      error instanceof ProblemError && /^upstream-(unreachable|slow|error)$/.test(error.slug);
    const held = this.#trusted;
    if (!isOffline || held === null) {
      this.#trusted = null;
      throw error;
    }
    checkNotExpired(this.#fqrn, held.whitelist.expiresAtMs, this.#clock.now());
    this.#log.warn({ err: error, repository: this.#fqrn }, 'repository not refreshed');
    this.#goodUntil = this.#clock.monotonic() + OFFLINE_RETRY_SECONDS * 1000;
    return held;
  }

  /** Throws where a repository wants a certificate or token, which the FUSE client would send. */
  async #checkOpenToAll({ manifest }: Trusted): Promise<void> {
    const membership = await this.#catalogs.read(manifest.rootHash, [], true, catalog =>
      catalog.property('voms_authz')
    );
    if (membership !== null && membership !== '') {
      throw problem(
        'image-not-readable',
        `${this.#fqrn} is open only to people with a certificate or token of a virtual organisation, which cannot be used here. Read it through a mount instead.`
      );
    }
  }
}
