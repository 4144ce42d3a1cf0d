import { rmdir } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../core/error-code.ts';
import { isInside } from '../core/paths.ts';
import type { TransferOperation } from './describe.ts';
import type { FileStore } from './file-store.ts';
import { pullFileOf } from './runner.ts';

/** Folders of this transfer's files at or below one that was made for it. */
function foldersBelow(made: string, operation: TransferOperation, files: FileStore): Set<string> {
  const folders = new Set([made]);
  let cursor: string | undefined;
  do {
    const page = files.page(operation.id, cursor, 1000);
    for (const file of page.items) {
      let folder = path.dirname(pullFileOf(operation, file).target);
      while (isInside(folder, made) && !folders.has(folder)) {
        folders.add(folder);
        folder = path.dirname(folder);
      }
    }
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined);
  return folders;
}

/** True when the folder is gone; one with something in it stays. */
async function isRemoved(folder: string): Promise<boolean> {
  return rmdir(folder).then(
    () => true,
    (error: unknown) => errorCode(error) === 'ENOENT'
  );
}

/** Removes the folders that were made for this transfer and are empty. `isWanted` says that another one needs it. */
export async function removeMadeFolders(
  operation: TransferOperation,
  files: FileStore,
  isWanted: (folder: string) => boolean
): Promise<void> {
  for (const made of files.disk.madeFolders(operation.id)) {
    if (isWanted(made)) {
      continue;
    }
    const deepestFirst = [...foldersBelow(made, operation, files)].sort(
      (one, other) => other.length - one.length
    );
    for (const folder of deepestFirst) {
      if ((await isRemoved(folder)) && folder === made) {
        files.disk.forgetMadeFolder(operation.id, made);
      }
    }
  }
}
