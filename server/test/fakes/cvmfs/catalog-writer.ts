import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, rmSync, fstatSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { textOfDigest, type ObjectStore } from './object-store.ts';
import { kindOf, modeOf, type TreeNode } from './tree.ts';

/** What a catalog's subtree holds, for the table `statistics`. */
export type Counts = Record<string, number>;

/** A stored catalog. */
export interface WrittenCatalog {
  readonly hashText: string;
  /** Unpacked. */
  readonly sizeBytes: number;
  readonly counts: Counts;
}

export interface CatalogOptions {
  readonly store: ObjectStore;
  readonly scratch: string;
  readonly chunkBytes: number;
  readonly isPacked: boolean;
  readonly nowMs: number;
  readonly revision: number;
  readonly ttlSeconds: number;
  /** More rows for `properties` of the root catalog. */
  readonly properties: Readonly<Record<string, string>>;
  /** Called with each file and the objects that hold it. */
  readonly onFile: (
    path: Buffer,
    objects: readonly { hashText: string; suffix: '' | 'P' }[]
  ) => void;
}

const schema = `
  create table catalog (md5path_1 integer, md5path_2 integer, parent_1 integer, parent_2 integer, hardlinks integer,
    hash blob, size integer, mode integer, mtime integer, mtimens integer, flags integer, name text, symlink text,
    uid integer, gid integer, xattr blob, constraint pk_catalog primary key (md5path_1, md5path_2));
  create index idx_catalog_parent on catalog (parent_1, parent_2);
  create table chunks (md5path_1 integer, md5path_2 integer, offset integer, size integer, hash blob,
    constraint pk_chunks primary key (md5path_1, md5path_2, offset, size));
  create table nested_catalogs (path text, sha1 text, size integer, constraint pk_nested_catalogs primary key (path));
  create table bind_mountpoints (path text, sha1 text, size integer, constraint pk_bind_mountpoints primary key (path));
  create table statistics (counter text, value integer, constraint pk_statistics primary key (counter));
  create table properties (key text, value text, constraint pk_properties primary key (key));`;

const hashBits = { sha1: 0, rmd160: 1 << 8, shake128: 2 << 8 };
const DIR_BYTES = 4096;
/** Bits of the folder where catalogs meet: in the upper one and in the lower one. */
const NESTED_MOUNT = 2;
const NESTED_ROOT = 32;
const counters = [
  'regular', 'symlink', 'special', 'dir', 'nested', 'chunked', 'chunks', 'external', 'file_size',
  'chunked_size', 'external_file_size', 'xattr'
]; // prettier-ignore

function add(counts: Counts, counter: string, number: number): void {
  counts[counter] = (counts[counter] ?? 0) + number;
}

function keyOf(path: Buffer): [bigint, bigint] {
  const md5 = createHash('md5').update(path).digest();
  return [md5.readBigInt64LE(0), md5.readBigInt64LE(8)];
}

/** Pieces of a file's content, each at most `chunkBytes`: large files never lie in memory as a whole. */
function* piecesOf({ item }: TreeNode, chunkBytes: number): Generator<Buffer, void, undefined> {
  if (item?.file === undefined) {
    const content = Buffer.from(item?.content ?? '');
    for (let at = 0; at < content.length; at += chunkBytes) {
      yield content.subarray(at, at + chunkBytes);
    }
    return;
  }
  const handle = openSync(item.file, 'r');
  try {
    for (let left = fstatSync(handle).size; left > 0;) {
      const piece = Buffer.alloc(Math.min(left, chunkBytes));
      left -= readSync(handle, piece);
      yield piece;
    }
  } finally {
    closeSync(handle);
  }
}

/** Writes the catalog of one folder, after those that are mounted below it. */
export class CatalogWriter {
  readonly #options: CatalogOptions;
  /** Number of files for each group of hard links. */
  readonly #linkCounts: ReadonlyMap<number, number>;
  #files = 0;

  constructor(options: CatalogOptions, linkCounts: ReadonlyMap<number, number>) {
    this.#options = options;
    this.#linkCounts = linkCounts;
  }

  write(top: TreeNode): WrittenCatalog {
    const { properties, revision, scratch, store, ttlSeconds, nowMs } = this.#options;
    this.#files += 1;
    const file = path.join(scratch, `catalog-${this.#files}`);
    const db = new DatabaseSync(file);
    const counts: Counts = Object.fromEntries(
      counters.flatMap(name => [
        [`self_${name}`, 0],
        [`subtree_${name}`, 0]
      ])
    );
    db.exec(schema);
    db.exec('begin');
    this.#addRow(db, top, counts, top.path.length === 0 ? 0 : NESTED_ROOT);
    this.#addChildren(db, top, counts);
    const isRoot = top.path.length === 0;
    const all = {
      schema: '2.5',
      schema_revision: '7',
      revision: String(revision),
      last_modified: String(Math.floor(nowMs / 1000)),
      ...(isRoot ? { TTL: String(ttlSeconds), ...properties } : {})
    };
    for (const [key, value] of Object.entries(all)) {
      db.prepare('insert into properties values (?, ?)').run(key, value);
    }
    if (!isRoot) {
      db.prepare(`insert into properties values ('root_prefix', cast(? as text))`).run(top.path);
    }
    for (const [counter, value] of Object.entries(counts)) {
      db.prepare('insert into statistics values (?, ?)').run(counter, value);
    }
    db.exec('commit');
    db.close();
    const bytes = readFileSync(file);
    rmSync(file);
    const hashText = textOfDigest(store.put(bytes, 'C', true), store.hash);
    return { hashText, sizeBytes: bytes.length, counts };
  }

  #addChildren(db: DatabaseSync, folder: TreeNode, counts: Counts): void {
    for (const child of folder.children.values()) {
      const isNested = kindOf(child) === 'dir' && child.children.has('.cvmfscatalog');
      if (!isNested) {
        this.#addRow(db, child, counts);
        this.#addChildren(db, child, counts);
        continue;
      }
      this.#addRow(db, child, counts, NESTED_MOUNT);
      const nested = this.write(child);
      db.prepare('insert into nested_catalogs values (cast(? as text), ?, ?)').run(
        child.path,
        nested.hashText,
        nested.sizeBytes
      );
      add(counts, 'self_nested', 1);
      for (const name of counters) {
        add(counts, `subtree_${name}`, nested.counts[`self_${name}`] ?? 0);
        add(counts, `subtree_${name}`, nested.counts[`subtree_${name}`] ?? 0);
      }
    }
  }

  #addRow(db: DatabaseSync, node: TreeNode, counts: Counts, place = 0): void {
    const kind = kindOf(node);
    const isRoot = node.path.length === 0;
    const parentKey = isRoot ? [0n, 0n] : keyOf(parentPath(node.path));
    const content = kind === 'file' ? this.#store(node, db, counts) : null;
    const link = Buffer.from(node.item?.link ?? '');
    const size = content?.size ?? (kind === 'dir' ? DIR_BYTES : link.length);
    const flags = { dir: 1, file: 4, link: 12, special: 20 }[kind] | place;
    db.prepare(
      `insert into catalog values (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, cast(? as text), cast(? as text), 0, 0, null)`
    ).run(
      ...keyOf(node.path),
      ...parentKey,
      this.#hardlinks(node),
      content?.digest ?? null,
      size,
      modeOf(node),
      secondsOf(node, this.#options.nowMs),
      flags | (content?.flags ?? 0) | (node.item?.extraFlags ?? 0),
      node.name,
      link
    );
    const counter = { dir: 'dir', file: 'regular', link: 'symlink', special: 'special' }[kind];
    add(counts, `self_${counter}`, 1);
    add(counts, 'self_file_size', content?.size ?? 0);
  }

  #hardlinks(node: TreeNode): bigint {
    const group = node.item?.linkGroup;
    if (group !== undefined) {
      return (BigInt(group) << 32n) | BigInt(this.#linkCounts.get(group) ?? 1);
    }
    const folders = [...node.children.values()].filter(child => kindOf(child) === 'dir');
    return kindOf(node) === 'dir' ? BigInt(2 + folders.length) : 1n;
  }

  /** Stores the content; a file above `chunkBytes` becomes chunks. */
  #store(
    node: TreeNode,
    db: DatabaseSync,
    counts: Counts
  ): { digest: Buffer | null; size: number; flags: number } {
    const { chunkBytes, isPacked, onFile, store } = this.#options;
    const bits = hashBits[store.hash] | (isPacked ? 0 : 1 << 11);
    const pieces = piecesOf(node, chunkBytes);
    const first = pieces.next().value ?? Buffer.alloc(0);
    const second = pieces.next().value;
    if (second === undefined) {
      const digest = store.put(first, '', isPacked);
      onFile(node.path, [{ hashText: textOfDigest(digest, store.hash), suffix: '' }]);
      return { digest, size: first.length, flags: bits };
    }
    const insert = db.prepare('insert into chunks values (?, ?, ?, ?, ?)');
    const objects: { hashText: string; suffix: 'P' }[] = [];
    let offset = 0;
    const keep = (piece: Buffer): void => {
      const digest = store.put(piece, 'P', isPacked);
      insert.run(...keyOf(node.path), offset, piece.length, digest);
      objects.push({ hashText: textOfDigest(digest, store.hash), suffix: 'P' });
      offset += piece.length;
    };
    keep(first);
    keep(second);
    for (const piece of pieces) {
      keep(piece);
    }
    onFile(node.path, objects);
    add(counts, 'self_chunked', 1);
    add(counts, 'self_chunked_size', offset);
    add(counts, 'self_chunks', objects.length);
    return { digest: null, size: offset, flags: 64 | bits };
  }
}

function secondsOf({ item }: TreeNode, nowMs: number): number {
  return Math.floor((item?.mtimeMs ?? nowMs) / 1000);
}

function parentPath(path: Buffer): Buffer {
  return path.subarray(0, path.lastIndexOf('/'));
}
