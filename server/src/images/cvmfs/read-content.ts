import { createHash } from 'node:crypto';
import { problem } from '../../core/problem.ts';
import type { CatalogRow } from './catalog-row.ts';
import type { Chunk } from './catalog.ts';
import { hashText, type ObjectSuffix } from './hash.ts';
import { inflateBounded, inflateHead } from './inflate.ts';
import type { Objects, Wanted } from './objects.ts';

/** A file's row and the objects that it is stored in. */
export interface StoredFile {
  readonly row: CatalogRow;
  readonly chunks: readonly Chunk[];
}

interface Piece {
  readonly wanted: Wanted;
  readonly sizeBytes: number;
}

/** What the content is known by: see `CvmfsRepository.contentHash`. */
export function contentHashOf({ row, chunks }: StoredFile): string | null {
  if (row.entry.type !== 'file' || !row.entry.chunked) {
    return row.entry.contentHash;
  }
  const lines = chunks.map(chunk => `${chunk.offset} ${hashText(chunk.hash)}\n`);
  return `chunks-sha256:${createHash('sha256').update(lines.join('')).digest('hex')}`;
}

/** Up to here an object is fetched whole even for its start: checked bytes are worth it. */
const WHOLE_BYTES = 1024 * 1024;
/** zlib makes what cannot be packed this much longer at most. */
const storedBound = (bytes: number): number => bytes + Math.ceil(bytes / 1000) + 1024;

function unreadable(path: string, why: string): Error {
  return problem('image-not-readable', `${path.toWellFormed()} cannot be read: ${why}.`);
}

/** The objects of a file, in order. Throws `image-not-readable` where the catalog gives none that fit. */
function piecesOf({ row, chunks }: StoredFile): Piece[] {
  const { entry, hash } = row;
  const piece = (hash: Wanted['hash'], suffix: ObjectSuffix, sizeBytes: number): Piece => ({
    wanted: { hash, suffix, maxBytes: storedBound(sizeBytes) },
    sizeBytes
  });
  if (entry.type !== 'file') {
    throw unreadable(entry.path, 'it is not a file');
  }
  if (entry.external) {
    throw unreadable(entry.path, 'its data is stored outside the repository');
  }
  if (row.compression === 'unknown') {
    throw unreadable(entry.path, 'it is packed in a way that is not known here');
  }
  if (entry.sizeBytes === 0) {
    return [];
  }
  if (!entry.chunked) {
    if (hash === null) {
      throw unreadable(entry.path, 'its catalog names no object for it');
    }
    return [piece(hash, '', entry.sizeBytes)];
  }
  let offset = 0;
  const pieces = chunks.map(chunk => {
    if (chunk.offset !== offset || chunk.sizeBytes <= 0) {
      throw unreadable(entry.path, 'its chunks do not fit together');
    }
    offset += chunk.sizeBytes;
    return piece(chunk.hash, 'P', chunk.sizeBytes);
  });
  if (offset !== entry.sizeBytes) {
    throw unreadable(entry.path, 'its chunks do not fit together');
  }
  return pieces;
}

/** Content of a whole object whose hash was checked. */
async function unpack(file: StoredFile, piece: Piece, stored: Uint8Array): Promise<Uint8Array> {
  const { path } = file.row.entry;
  const bytes =
    file.row.compression === 'none'
      ? stored
      : await inflateBounded(stored, piece.sizeBytes, path.toWellFormed());
  if (bytes.byteLength !== piece.sizeBytes) {
    throw unreadable(path, 'its object has another size than the catalog says');
  }
  return bytes;
}

/** The whole content, every object hashed before a byte is given out. */
export async function readWhole(
  objects: Objects,
  file: StoredFile,
  maxBytes: number,
  signal?: AbortSignal
): Promise<Uint8Array> {
  const { path, sizeBytes } = file.row.entry;
  const pieces = piecesOf(file);
  if (sizeBytes > maxBytes) {
    throw unreadable(path, `it has ${sizeBytes} bytes, more than the ${maxBytes} that are read`);
  }
  const parts: Uint8Array[] = [];
  for (const piece of pieces) {
    parts.push(await unpack(file, piece, await objects.get(piece.wanted, signal)));
  }
  return Buffer.concat(parts);
}

/** The first bytes; `verified` when each object that they come from was hashed as a whole. */
export async function readStart(
  objects: Objects,
  file: StoredFile,
  bytes: number,
  signal?: AbortSignal
): Promise<{ bytes: Uint8Array; verified: boolean; totalBytes: number }> {
  const { path, sizeBytes: totalBytes } = file.row.entry;
  const parts: Uint8Array[] = [];
  let missing = Math.min(bytes, totalBytes);
  let verified = true;
  for (const piece of piecesOf(file)) {
    if (missing <= 0) {
      break;
    }
    signal?.throwIfAborted();
    const isWhole = piece.sizeBytes <= Math.max(WHOLE_BYTES, missing);
    const stored = isWhole
      ? await objects.get(piece.wanted, signal)
      : await objects.cached(piece.wanted);
    verified &&= stored !== null;
    const part =
      stored === null
        ? await preview(objects, file, piece, missing)
        : (await unpack(file, piece, stored)).subarray(0, missing);
    parts.push(part);
    missing -= part.byteLength;
  }
  if (missing > 0) {
    throw unreadable(path, 'a server sent less than it should');
  }
  return { bytes: Buffer.concat(parts), verified, totalBytes };
}

/** The start of an object that was not hashed. */
async function preview(
  objects: Objects,
  { row }: StoredFile,
  piece: Piece,
  bytes: number
): Promise<Uint8Array> {
  const what = row.entry.path.toWellFormed();
  return await objects.head(piece.wanted, storedBound(bytes), async start => {
    const part =
      row.compression === 'none' ? start.subarray(0, bytes) : await inflateHead(start, bytes, what);
    if (part.byteLength < bytes) {
      throw unreadable(row.entry.path, 'a server sent less than it should');
    }
    return part;
  });
}
