import { lstat, opendir } from 'node:fs/promises';
import path from 'node:path';
import type { TransferPlan } from '#contract';

/** True for a folder with something in it. */
export async function hasEntries(folder: string): Promise<boolean> {
  const listing = await opendir(folder).catch(() => null);
  const entry = (await listing?.read()) ?? null;
  await listing?.close();
  return entry !== null;
}

/** What is in the folder of these files, by name and size: nothing is read. */
export async function countHere(
  to: string,
  files: readonly { readonly path: string; readonly sizeBytes: number | null }[]
): Promise<NonNullable<TransferPlan['here']>> {
  const found = await Promise.all(
    files.map(async file => {
      const info = await lstat(path.join(to, ...file.path.split('/'))).catch(() => null);
      return info === null || file.sizeBytes === null
        ? null
        : { bytes: info.size, isSame: info.isFile() && info.size === file.sizeBytes };
    })
  );
  const same = found.filter(file => file?.isSame === true);
  return {
    looked: files.length,
    files: same.length,
    bytes: same.reduce((sum, file) => sum + (file?.bytes ?? 0), 0),
    others: found.filter(file => file?.isSame === false).length
  };
}
