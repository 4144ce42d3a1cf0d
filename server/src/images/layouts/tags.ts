import type { CvmfsEntry } from '../cvmfs/port.ts';
import { nameOfTag } from '../naming.ts';
import { below, type Layout, type Walk } from './walk.ts';

interface TagTree {
  /** Folders between the root and the `name:tag` entries, at most. */
  readonly depth: number;
  /** Whether a folder right below the repository's root is looked into. */
  readonly isWanted: (folder: CvmfsEntry) => boolean;
}

const looksLikeHost = (text: string): boolean => /^[\w-]+(\.[\w-]+)+(:\d+)?$|^localhost/.test(text);

/** `org/image:tag`: the path below the root without the registry's host name. */
function nameOf(entry: CvmfsEntry, root: string): { name: string; version: string | null } {
  const parts = entry.path
    .slice(root === '/' ? 1 : root.length + 1)
    .split('/')
    .filter(part => part !== '');
  const [first] = parts;
  const isHostFirst = parts.length > 1 && first !== undefined && looksLikeHost(first);
  return nameOfTag((isHostFirst ? parts.slice(1) : parts).join('/'));
}

async function descend(
  walk: Walk,
  tree: TagTree,
  root: string,
  folder: string,
  depth: number
): Promise<void> {
  for (const entry of await walk.list(folder)) {
    if (walk.isFull) {
      return;
    }
    if (entry.name.startsWith('.')) {
      continue;
    }
    if (entry.name.includes(':') && !(entry.type === 'dir' && looksLikeHost(entry.name))) {
      const name = nameOf(entry, root);
      await (entry.type === 'link' ? walk.addLink(entry, name) : walk.add(entry, name));
      continue;
    }
    if (entry.type !== 'dir' || depth === 0 || (folder === '/' && !tree.isWanted(entry))) {
      continue;
    }
    if (walk.mayEnter(entry)) {
      await descend(walk, tree, root, below(folder, entry.name), depth - 1);
    } else {
      walk.leaveOut();
    }
  }
}

const tagTree =
  (tree: TagTree): Layout =>
  async (walk, root) => {
    await descend(walk, tree, root, root, tree.depth);
  };

/** CERN's unpacked images: `/<registry host>/<org>/<image>:<tag>`, links to `/.flat/…`. */
export const unpacked = tagTree({ depth: 6, isWanted: folder => looksLikeHost(folder.name) });

/** OSG and Galaxy: `/<org>/<image>:<tag>`, links, folders or files. */
export const tagged = tagTree({ depth: 3, isWanted: () => true });
