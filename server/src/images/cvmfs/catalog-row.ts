import type { SQLOutputValue } from 'node:sqlite';
import { hashOfRow, hashText, type ObjectHash } from './hash.ts';
import { bytesOfText, textOfBytes } from './path-bytes.ts';
import type { CvmfsEntry } from './port.ts';

/** Bits of a catalog row's flags (CernVM-FS, `catalog_sql.h`; checked against real catalogs). */
const flag = {
  dir: 1,
  nestedMount: 2,
  link: 8,
  special: 16,
  chunked: 64,
  external: 128,
  bindMount: 0x4000,
  hidden: 0x8000
} as const;
/** Rows with these bits never appear in a listing. */
export const UNLISTED_FLAGS = flag.bindMount | flag.hidden;

const S_IFMT = 0o170_000;
const S_IFREG = 0o100_000;

/** One row, with what is needed to fetch its content. */
export interface CatalogRow {
  readonly entry: CvmfsEntry;
  readonly hash: ObjectHash | null;
  readonly compression: 'zlib' | 'none' | 'unknown';
  /** Raw flags: their bits 8–10 name the hash of the row's chunks. */
  readonly flags: number;
}

/** A row as SQLite gives it, in the order of `rowColumns`; a column that an old catalog lacks is null. */
export type RawRow = readonly SQLOutputValue[];

const columnNames = [
  'name',
  'flags',
  'size',
  'mode',
  'mtime',
  'mtimens',
  'symlink',
  'hash'
] as const;

/**
 * The columns of a row for a SELECT. Names and targets are bytes: `isExact` asks for them as blobs. Without it they
 * come as text, which is several times faster, with U+FFFD in place of what is not UTF-8.
 */
export function rowColumns(present: ReadonlySet<string>, isExact: boolean): string {
  return columnNames
    .map(name => {
      if (!present.has(name)) {
        return 'null';
      }
      if (name === 'hash') {
        return 'lower(hex(hash))';
      }
      return isExact && (name === 'name' || name === 'symlink') ? `cast(${name} as blob)` : name;
    })
    .join(', ');
}

/** True when a row that was read as text may have lost bytes. */
export function hasLostBytes([name, , , , , , target]: RawRow): boolean {
  return String(name).includes('\ufffd') || String(target).includes('\ufffd');
}

/** An integer column, 0 when it holds something else. */
export function numberOf(value: SQLOutputValue | undefined): number {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : 0;
}

/** A text or blob column as text, with bytes that are not UTF-8 escaped. */
function textOf(value: SQLOutputValue | undefined): string {
  return value instanceof Uint8Array ? textOfBytes(value) : typeof value === 'string' ? value : '';
}

function typeOf(flags: number, mode: number): CvmfsEntry['type'] {
  if ((flags & flag.dir) !== 0) {
    return 'dir';
  }
  if ((flags & flag.link) !== 0) {
    return 'link';
  }
  // Catalogs before schema 2.5 tell special files by the mode only.
  const kind = mode & S_IFMT;
  const isSpecial = (flags & flag.special) !== 0 || (kind !== 0 && kind !== S_IFREG);
  return isSpecial ? 'special' : 'file';
}

function compressionOf(flags: number): CatalogRow['compression'] {
  const code = (flags >> 11) & 7;
  return code === 0 ? 'zlib' : code === 1 ? 'none' : 'unknown';
}

/** False for names that no file can have: from a catalog that is broken, so not shown. */
function isFileName(name: string): boolean {
  return (
    name !== '' && name !== '.' && name !== '..' && !name.includes('/') && !name.includes('\0')
  );
}

/** Row of a catalog → entry; `path` is null for a row of a listing, which lies in `folder`. Null for impossible names. */
export function readRow(raw: RawRow, folder: string, path: string | null): CatalogRow | null {
  const [rawName, rawFlags, size, rawMode, mtime, mtimens, symlink, rawHash] = raw;
  const name = textOf(rawName);
  if (path === null && !isFileName(name)) {
    return null;
  }
  const flags = numberOf(rawFlags);
  const mode = numberOf(rawMode);
  const type = typeOf(flags, mode);
  const isChunked = (flags & flag.chunked) !== 0;
  const hash = type === 'file' && !isChunked ? hashOfRow(rawHash, flags) : null;
  return {
    hash,
    compression: compressionOf(flags),
    flags,
    entry: {
      name,
      nameBytes: bytesOfText(name),
      path: path ?? `${folder}/${name}`,
      type,
      sizeBytes: Math.max(0, numberOf(size)),
      mtimeMs: numberOf(mtime) * 1000 + Math.floor(Math.max(0, numberOf(mtimens)) / 1_000_000),
      linkTarget: type === 'link' ? textOf(symlink) : null,
      contentHash: hash === null ? null : hashText(hash),
      chunked: isChunked,
      hidden: (flags & flag.hidden) !== 0,
      external: (flags & flag.external) !== 0,
      isNestedMount: (flags & flag.nestedMount) !== 0,
      mode
    }
  };
}
