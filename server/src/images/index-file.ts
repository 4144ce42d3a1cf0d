import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import type { Discovery } from './discovery.ts';

/** Raised when discovery finds other things in the same tree. */
const FORMAT = 1;
const MAX_FILE_BYTES = 200_000_000;

const Found = z.strictObject({
  path: z.string(),
  target: z.string(),
  kind: z.enum(['sif', 'sandbox']),
  name: z.string(),
  version: z.string().nullable(),
  sizeBytes: z.number().nullable(),
  mtimeMs: z.number(),
  linkTo: z.string().nullable()
});
const IndexFile = z.strictObject({
  key: z.string(),
  images: z.array(Found),
  warnings: z.array(z.string())
});

/** What a found list depends on: the tree and where in it images are looked for. */
export function indexKey(rootHash: string, roots: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([FORMAT, rootHash, roots]))
    .digest('hex');
}

/** Keeps what was found in a repository's newest revision over a restart. */
export class IndexFileStore {
  readonly #file: string;

  constructor(folder: string) {
    this.#file = path.join(folder, 'images.json');
  }

  /** What was kept under this key; null when there is nothing or it is damaged: it is found again then. */
  async read(key: string): Promise<Discovery | null> {
    try {
      if ((await stat(this.#file)).size > MAX_FILE_BYTES) {
        return null;
      }
      const parsed = IndexFile.safeParse(JSON.parse(await readFile(this.#file, 'utf8')));
      return parsed.success && parsed.data.key === key ? parsed.data : null;
    } catch {
      return null;
    }
  }

  async write(key: string, { images, warnings }: Discovery): Promise<void> {
    await mkdir(path.dirname(this.#file), { recursive: true, mode: 0o700 });
    const scratch = `${this.#file}.${process.pid}.new`;
    await writeFile(scratch, JSON.stringify({ key, images, warnings }), { mode: 0o600 });
    await rename(scratch, this.#file);
  }
}
