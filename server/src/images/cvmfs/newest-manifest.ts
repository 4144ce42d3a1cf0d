import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Log } from '../../core/log.ts';
import { MAX_MANIFEST_BYTES, parseManifest, type Manifest } from './manifest.ts';

/** True when `manifest` is from before `known`: a mirror that lags, or somebody who plays back an old state. */
export function isOlder(manifest: Manifest, known: Manifest): boolean {
  return (
    manifest.revision < known.revision || (manifest.publishedAtMs ?? 0) < (known.publishedAtMs ?? 0)
  );
}

/** Remembers the newest accepted manifest of a repository across restarts, as the signed bytes themselves. */
export class NewestManifest {
  readonly #file: string;
  readonly #fqrn: string;
  readonly #log: Log;
  #known: Manifest | null | undefined;

  constructor(dir: string, fqrn: string, log: Log) {
    this.#file = path.join(dir, 'newest-manifest');
    this.#fqrn = fqrn;
    this.#log = log;
  }

  /** What was accepted last. Its signature has to be checked again: the file may be anybody's. */
  async get(): Promise<Manifest | null> {
    if (this.#known === undefined) {
      this.#known = null;
      try {
        const bytes = await readFile(this.#file);
        if (bytes.byteLength <= MAX_MANIFEST_BYTES) {
          this.#known = parseManifest(bytes, this.#fqrn, 'the cache');
        }
      } catch {
        // Nothing is known yet.
      }
    }
    return this.#known;
  }

  /** Remembers a manifest whose signature was checked. */
  async accept(manifest: Manifest, bytes: Uint8Array): Promise<void> {
    const known = await this.get();
    this.#known = manifest;
    if (known?.signed.hashText === manifest.signed.hashText) {
      return;
    }
    const temporary = `${this.#file}.${randomBytes(8).toString('hex')}`;
    try {
      await mkdir(path.dirname(this.#file), { recursive: true, mode: 0o700 });
      await writeFile(temporary, bytes, { mode: 0o600, flag: 'wx', flush: true });
      await rename(temporary, this.#file);
    } catch (error) {
      this.#log.warn({ err: error, repository: this.#fqrn }, 'newest revision not remembered');
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  }
}
