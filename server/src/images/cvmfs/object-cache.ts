import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/log.ts';

const namePattern = /^[0-9a-f]{40}(-rmd160|-shake128)?[CXP]?$/;

/**
 * Stored objects on disk, by name, bounded in bytes; the least recently used go first.
 *
 * It is a cache and nothing more: whoever reads from it hashes again, and an error of the disk costs only time.
 */
export class ObjectCache {
  readonly #dir: string;
  readonly #limitBytes: number;
  readonly #clock: Clock;
  readonly #log: Log;
  /** Name → bytes, least recently used first. */
  readonly #sizes = new Map<string, number>();
  #totalBytes = 0;
  #ready: Promise<void> | null = null;

  constructor(dir: string, limitBytes: number, clock: Clock, log: Log) {
    this.#dir = dir;
    this.#limitBytes = limitBytes;
    this.#clock = clock;
    this.#log = log;
  }

  /** The bytes under this name, unchecked; null when there are none. */
  async read(name: string): Promise<Uint8Array | null> {
    await this.#open();
    const size = this.#sizes.get(name);
    if (size === undefined) {
      return null;
    }
    try {
      const file = path.join(this.#dir, name);
      const bytes = await readFile(file);
      this.#sizes.delete(name);
      this.#sizes.set(name, size);
      const now = this.#clock.now() / 1000;
      await utimes(file, now, now);
      return bytes;
    } catch {
      await this.remove(name);
      return null;
    }
  }

  /** Keeps these bytes, under their final name only when they are whole. */
  async write(name: string, bytes: Uint8Array): Promise<void> {
    if (bytes.byteLength > this.#limitBytes) {
      return;
    }
    await this.#open();
    const temporary = path.join(this.#dir, `.new-${randomBytes(8).toString('hex')}`);
    try {
      await writeFile(temporary, bytes, { mode: 0o600, flag: 'wx' });
      await rename(temporary, path.join(this.#dir, name));
      this.#forget(name);
      this.#sizes.set(name, bytes.byteLength);
      this.#totalBytes += bytes.byteLength;
      await this.#evict();
    } catch (error) {
      this.#log.warn({ err: error, object: name }, 'object not cached');
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  }

  async remove(name: string): Promise<void> {
    this.#forget(name);
    await rm(path.join(this.#dir, name), { force: true }).catch(() => undefined);
  }

  #forget(name: string): void {
    this.#totalBytes -= this.#sizes.get(name) ?? 0;
    this.#sizes.delete(name);
  }

  async #evict(): Promise<void> {
    for (const name of this.#sizes.keys()) {
      if (this.#totalBytes <= this.#limitBytes) {
        return;
      }
      await this.remove(name);
    }
  }

  async #open(): Promise<void> {
    this.#ready ??= this.#scan().catch((error: unknown) => {
      this.#log.warn({ err: error }, 'object cache cannot be used');
    });
    await this.#ready;
  }

  /** Takes up what an earlier process left, oldest first. */
  async #scan(): Promise<void> {
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    const found: { name: string; size: number; usedMs: number }[] = [];
    for (const name of await readdir(this.#dir)) {
      const file = path.join(this.#dir, name);
      if (namePattern.test(name)) {
        const { size, mtimeMs } = await stat(file);
        found.push({ name, size, usedMs: mtimeMs });
      } else if (name.startsWith('.new-')) {
        await rm(file, { force: true });
      }
    }
    found.sort((a, b) => a.usedMs - b.usedMs);
    for (const { name, size } of found) {
      this.#sizes.set(name, size);
      this.#totalBytes += size;
    }
    await this.#evict();
  }
}
