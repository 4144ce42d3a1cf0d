import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { problem, ProblemError } from '../../core/problem.ts';
import { Catalog } from './catalog.ts';
import { hashText, type ObjectHash } from './hash.ts';
import { inflatePieces } from './inflate.ts';
import type { Objects } from './objects.ts';
import { SingleFlight } from './single-flight.ts';

/** Largest catalog that is opened, unpacked. */
const MAX_CATALOG_BYTES = 512 * 1024 * 1024;
/** Catalogs kept open, and their size together. */
const MAX_OPEN = 48;
const MAX_OPEN_BYTES = 1024 * 1024 * 1024;

interface Slot {
  readonly catalog: Catalog;
  readonly bytes: number;
}

/** Open catalogs of one repository, fetched when a path leads through them and closed when others need the room. */
export class CatalogPool {
  readonly #objects: Objects;
  readonly #dir: string;
  readonly #fqrn: string;
  /** Hash → slot, least recently used first. */
  readonly #slots = new Map<string, Slot>();
  readonly #flights = new SingleFlight<void>();
  #swept: Promise<void> | null = null;

  constructor(objects: Objects, dir: string, fqrn: string) {
    this.#objects = objects;
    this.#dir = dir;
    this.#fqrn = fqrn;
  }

  /**
   * Goes down from the root catalog through those that are mounted on the way, and reads from the last.
   * `isInside` says whether a catalog that is mounted at the path itself counts.
   */
  async read<T>(
    root: ObjectHash,
    components: readonly string[],
    isInside: boolean,
    read: (catalog: Catalog) => T,
    signal?: AbortSignal
  ): Promise<T> {
    const deepest = isInside ? components.length : components.length - 1;
    let at = { depth: 0, hash: root };
    for (;;) {
      const { depth } = at;
      const step = await this.#use(at.hash, signal, catalog => {
        const nested = catalog.nestedOnTheWay(components, depth, deepest);
        return nested === null ? { value: read(catalog) } : { nested };
      });
      if ('value' in step) {
        return step.value;
      }
      at = step.nested;
    }
  }

  /** Reads from one catalog. No await lies between looking it up and reading, so it cannot be closed meanwhile. */
  async #use<T>(
    hash: ObjectHash,
    signal: AbortSignal | undefined,
    read: (catalog: Catalog) => T
  ): Promise<T> {
    const key = hashText(hash);
    for (;;) {
      const slot = this.#slots.get(key);
      if (slot !== undefined) {
        this.#slots.delete(key);
        this.#slots.set(key, slot);
        return read(slot.catalog);
      }
      await this.#flights.run(key, () => this.#load(hash), signal);
    }
  }

  async #load(hash: ObjectHash): Promise<void> {
    const stored = await this.#objects.get({ hash, suffix: 'C', maxBytes: MAX_CATALOG_BYTES });
    this.#slots.set(hashText(hash), await this.#unpack(stored));
    this.#evict();
  }

  /** Unpacks into a file of our own that loses its name as soon as it is open. */
  async #unpack(stored: Uint8Array): Promise<Slot> {
    const file = path.join(this.#dir, `catalog-${randomBytes(8).toString('hex')}`);
    try {
      await this.#sweepOnce();
      const bytes = await this.#unpackTo(file, stored);
      return { catalog: Catalog.open(file, this.#fqrn), bytes };
    } catch (error) {
      throw this.#explain(error);
    } finally {
      await rm(file, { force: true }).catch(() => undefined);
    }
  }

  async #unpackTo(file: string, stored: Uint8Array): Promise<number> {
    let bytes = 0;
    const handle = await open(file, 'wx', 0o600);
    try {
      for await (const piece of inflatePieces(stored)) {
        bytes += piece.byteLength;
        if (bytes > MAX_CATALOG_BYTES) {
          throw new RangeError('catalog too large');
        }
        await handle.write(piece);
      }
    } finally {
      await handle.close();
    }
    return bytes;
  }

  /** Errors of the disk and of zlib as problems. */
  #explain(error: unknown): unknown {
    if (error instanceof ProblemError) {
      return error;
    }
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      return problem('disk-full', `No space left to unpack the catalog of ${this.#fqrn}.`);
    }
    if (error instanceof RangeError || code.startsWith('Z_')) {
      return problem(
        'image-not-readable',
        `A catalog of ${this.#fqrn} cannot be unpacked or is larger than ${MAX_CATALOG_BYTES} bytes.`,
        { cause: error }
      );
    }
    return problem(
      'state-folder',
      `The folder for catalogs of ${this.#fqrn}, ${this.#dir}, cannot be written (${code}).`,
      { cause: error }
    );
  }

  async #sweepOnce(): Promise<void> {
    if (this.#swept === null) {
      this.#swept = this.#sweep();
      this.#swept.catch(() => {
        this.#swept = null;
      });
    }
    await this.#swept;
  }

  /** Makes the folder and removes what a killed process left in it. */
  async #sweep(): Promise<void> {
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.#dir)) {
      await rm(path.join(this.#dir, name), { force: true });
    }
  }

  #evict(): void {
    let bytes = 0;
    for (const slot of this.#slots.values()) {
      bytes += slot.bytes;
    }
    for (const [key, slot] of this.#slots) {
      const isLast = this.#slots.size === 1;
      if (isLast || (this.#slots.size <= MAX_OPEN && bytes <= MAX_OPEN_BYTES)) {
        return;
      }
      slot.catalog.close();
      bytes -= slot.bytes;
      this.#slots.delete(key);
    }
  }
}
