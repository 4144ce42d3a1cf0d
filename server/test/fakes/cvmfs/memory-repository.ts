import { problem } from '../../../src/core/problem.ts';
import type { CvmfsEntry, CvmfsRepository } from '../../../src/images/cvmfs/port.ts';
import { kindOf, modeOf, treeOf, type TreeItem, type TreeNode } from './tree.ts';

/** A repository in memory, for tests of what reads one: nothing is hashed, signed or sent. */
export interface MemoryRepository extends CvmfsRepository {
  /** Nested folders that were looked into, which would each have loaded a catalog. */
  readonly loaded: ReadonlySet<string>;
}

const isNested = (node: TreeNode): boolean =>
  kindOf(node) === 'dir' && node.path.length > 0 && node.children.has('.cvmfscatalog');

function contentOf(node: TreeNode): Uint8Array {
  return Buffer.from(node.item?.content ?? '');
}

function entryOf(node: TreeNode): CvmfsEntry {
  return {
    name: node.name.toString(),
    nameBytes: node.name,
    path: node.path.toString(),
    type: kindOf(node),
    sizeBytes: contentOf(node).byteLength,
    mtimeMs: node.item?.mtimeMs ?? 0,
    linkTarget: node.item?.link === undefined ? null : String(node.item.link),
    contentHash: null,
    chunked: false,
    hidden: false,
    external: false,
    isNestedMount: isNested(node),
    mode: modeOf(node)
  };
}

/** Holds these items. Names are UTF-8; links are not followed. */
export function memoryRepository(fqrn: string, items: readonly TreeItem[]): MemoryRepository {
  const root = treeOf(items);
  const loaded = new Set<string>();

  const find = (path: string, isOpened: boolean): TreeNode | null => {
    let node = root;
    for (const part of path.split('/').filter(name => name !== '')) {
      if (isNested(node)) {
        loaded.add(node.path.toString());
      }
      const child = node.children.get(Buffer.from(part).toString('latin1'));
      if (child === undefined) {
        return null;
      }
      node = child;
    }
    if (isOpened && isNested(node)) {
      loaded.add(node.path.toString());
    }
    return node;
  };
  const need = (path: string, isOpened = false): TreeNode => {
    const node = find(path, isOpened);
    if (node === null) {
      throw problem('image-not-found', `There is no ${path} in ${fqrn}.`);
    }
    return node;
  };

  return {
    loaded,
    open: async () => ({
      fqrn,
      revision: 1,
      publishedAtMs: 0,
      whitelistExpiresAtMs: Number.MAX_SAFE_INTEGER,
      server: 'memory',
      rootHash: '0'.repeat(40),
      warnings: [],
      ttlSeconds: 240
    }),
    readdir: async (path, { after = '', limit = Number.POSITIVE_INFINITY } = {}) => {
      const all = [...need(path, true).children.values()]
        .map(entryOf)
        .toSorted((a, b) => Buffer.compare(a.nameBytes, b.nameBytes))
        .filter(entry => after === '' || Buffer.compare(entry.nameBytes, Buffer.from(after)) > 0);
      return { entries: all.slice(0, limit), more: all.length > limit };
    },
    stat: async path => {
      const node = find(path, false);
      return node === null ? null : entryOf(node);
    },
    resolve: async path => entryOf(need(path)),
    contentHash: async () => null,
    readFile: async path => contentOf(need(path)),
    readHead: async (path, bytes) => {
      const content = contentOf(need(path));
      return {
        bytes: content.subarray(0, bytes),
        verified: bytes >= content.byteLength,
        totalBytes: content.byteLength
      };
    }
  };
}
