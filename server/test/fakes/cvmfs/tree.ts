import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';

/** A file, folder or link that is to be published. A folder with a file `.cvmfscatalog` in it gets its own catalog. */
export interface TreeItem {
  /** Absolute path in the repository; bytes where a name is not UTF-8. Folders on the way are made. */
  readonly path: string | Uint8Array;
  /** Content of a file; `file` names one on disk instead. With neither and no `link` it is a folder. */
  readonly content?: string | Uint8Array;
  readonly file?: string | Buffer;
  readonly link?: string | Uint8Array;
  /** `st_mode` with its type bits; for a FIFO or device this is what makes it one. */
  readonly mode?: number;
  readonly mtimeMs?: number;
  /** Files with the same number are hard links of one another. */
  readonly linkGroup?: number;
  /** Bits beside the usual ones, such as 0x8000 for hidden or 128 for external. */
  readonly extraFlags?: number;
}

/** A node of the tree; names are bytes. */
export interface TreeNode {
  readonly name: Buffer;
  readonly path: Buffer;
  item: TreeItem | null;
  /** Children by their name as Latin-1 text, which is one character a byte. */
  readonly children: Map<string, TreeNode>;
}

const S_IFMT = 0o170_000;
const S_IFREG = 0o100_000;
const S_IFDIR = 0o040_000;
const S_IFLNK = 0o120_000;

/** The kind of thing that a node is published as. */
export function kindOf({ item }: TreeNode): 'dir' | 'file' | 'link' | 'special' {
  if (item === null) {
    return 'dir';
  }
  if (item.link !== undefined) {
    return 'link';
  }
  if (item.content !== undefined || item.file !== undefined) {
    return 'file';
  }
  const type = (item.mode ?? S_IFDIR) & S_IFMT;
  return type === 0 || type === S_IFDIR ? 'dir' : 'special';
}

/** `st_mode` of a node. */
export function modeOf(node: TreeNode): number {
  const usual = { dir: S_IFDIR | 0o755, file: S_IFREG | 0o644, link: S_IFLNK | 0o777, special: 0 };
  const mode = node.item?.mode ?? usual[kindOf(node)];
  return (mode & S_IFMT) === 0 ? mode | (usual[kindOf(node)] & S_IFMT) : mode;
}

/** Sorts items into a tree. */
export function treeOf(items: readonly TreeItem[]): TreeNode {
  const root: TreeNode = {
    name: Buffer.alloc(0),
    path: Buffer.alloc(0),
    item: null,
    children: new Map()
  };
  for (const item of items) {
    let node = root;
    for (const part of Buffer.from(item.path).toString('latin1').split('/')) {
      if (part === '') {
        continue;
      }
      const name = Buffer.from(part, 'latin1');
      const child = node.children.get(part) ?? {
        name,
        path: Buffer.concat([node.path, Buffer.from('/'), name]),
        item: null,
        children: new Map()
      };
      node.children.set(part, child);
      node = child;
    }
    node.item = item;
  }
  return root;
}

/** Everything below a folder of the disk, links as links. Owners are not kept: all belongs to root. */
export function itemsOfFolder(folder: string): TreeItem[] {
  const items: TreeItem[] = [];
  const groups = new Map<string, number>();
  const walk = (onDisk: Buffer, inRepository: Buffer): void => {
    const stats = lstatSync(onDisk);
    const item = { path: inRepository, mode: stats.mode, mtimeMs: stats.mtimeMs };
    if (stats.isSymbolicLink()) {
      items.push({ ...item, link: readlinkSync(onDisk, { encoding: 'buffer' }) });
    } else if (stats.isFile()) {
      const inode = `${stats.dev}:${stats.ino}`;
      const group = stats.nlink > 1 ? (groups.get(inode) ?? groups.size + 1) : null;
      if (group !== null) {
        groups.set(inode, group);
      }
      items.push({ ...item, file: onDisk, ...(group === null ? {} : { linkGroup: group }) });
    } else {
      items.push(item);
    }
    if (stats.isDirectory()) {
      for (const name of readdirSync(onDisk, { encoding: 'buffer' })) {
        walk(
          Buffer.concat([onDisk, Buffer.from(path.sep), name]),
          Buffer.concat([inRepository, Buffer.from('/'), name])
        );
      }
    }
  };
  walk(Buffer.from(folder), Buffer.alloc(0));
  return items;
}
