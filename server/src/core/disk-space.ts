import { statfsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';

/** `statfs` type of NFS (linux/magic.h). */
const NFS_MAGIC = 0x6969;

/** True where locks are slow and memory is not shared between machines. */
export function isOnNfs(folder: string): boolean {
  return statfsSync(folder).type === NFS_MAGIC;
}

/** Bytes that the person may still write in the file system of `folder` (or of its nearest existing parent); null when unknown. */
export async function freeBytes(folder: string): Promise<number | null> {
  let place = folder;
  for (;;) {
    try {
      const info = await statfs(place);
      return info.bavail * info.bsize;
    } catch {
      const parent = path.dirname(place);
      if (parent === place) {
        return null;
      }
      place = parent;
    }
  }
}
