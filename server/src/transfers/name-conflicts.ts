import { lstat, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../core/error-code.ts';
import { cleanText } from '../core/clean-text.ts';
import { realPathOfExistingPart } from '../core/paths.ts';
import { problem, type ProblemError } from '../core/problem.ts';
import type { FileStore } from './file-store.ts';
import { diskProblem } from './puller/failure-problem.ts';

type Fold = (name: string) => string;

/** Two paths that cannot both be here. */
export interface NameConflict {
  readonly first: string;
  readonly second: string;
  /** One is a file, and the other wants a folder of that name. */
  readonly isFolder: boolean;
}

const asIs: Fold = name => name;
const composed: Fold = name => name.normalize('NFC');
/** Upper case first: some letters have one upper and two lower forms. */
const caseless: Fold = name => name.toUpperCase().toLowerCase();

/** The first two of these paths that are one name after `fold`, or a file and a folder of one name. */
export function conflictOf(
  files: Pick<FileStore, 'paths'>,
  transfer: string,
  fold: Fold = asIs
): NameConflict | null {
  let first: string | null = null;
  for (const second of files.paths(transfer, fold)) {
    const folded = fold(second);
    if (first !== null && folded === fold(first)) {
      return { first, second, isFolder: false };
    }
    if (first !== null && folded.startsWith(`${fold(first)}/`)) {
      return { first, second, isFolder: true };
    }
    first = second;
  }
  return null;
}

/** What this file system takes for one name, found out with a file in a folder of our own. */
async function foldOf(target: string): Promise<Fold> {
  let existing = target;
  while (
    (await lstat(existing).catch(() => null)) === null &&
    existing !== path.dirname(existing)
  ) {
    existing = path.dirname(existing);
  }
  let folder: string | null = null;
  try {
    folder = await mkdtemp(path.join(realPathOfExistingPart(existing), '.panosc-names-'));
    const name = 'A\u00e9';
    await writeFile(path.join(folder, name), '', { flag: 'wx' });
    const isThere = (other: string): Promise<boolean> =>
      lstat(path.join(folder ?? '', other)).then(
        () => true,
        () => false
      );
    const folds = [
      (await isThere(name.normalize('NFD'))) ? composed : asIs,
      (await isThere(name.toLowerCase())) ? caseless : asIs
    ];
    return text => folds.reduce((folded, fold) => fold(folded), text);
  } catch (error) {
    throw diskProblem(errorCode(error), target);
  } finally {
    if (folder !== null) {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

function refusal(pid: string, { first, isFolder, second }: NameConflict): ProblemError {
  const both = `"${cleanText(first, 120)}" and "${cleanText(second, 120)}"`;
  return problem(
    'bad-file-name',
    isFolder
      ? `${pid} lists ${both}: one name cannot be a file and a folder. Tell the facility, or pull a part with a file pattern.`
      : `${pid} lists ${both}, which are one name in this folder. Tell the facility, or pull a part with a file pattern.`
  );
}

/**
 * Refuses a list of files that cannot all be written into one folder. Names that differ only in case or in
 * Unicode form are refused where the file system of the folder really takes them for one name.
 */
export async function refuseNameConflicts(
  files: Pick<FileStore, 'paths'>,
  transfer: string,
  request: { readonly pid: string; readonly to: string },
  foldAt: (target: string) => Promise<Fold> = foldOf
): Promise<void> {
  const plain = conflictOf(files, transfer);
  if (plain !== null) {
    throw refusal(request.pid, plain);
  }
  // Nothing is written for the usual list, which has no two names that any file system could take for one.
  if (conflictOf(files, transfer, name => caseless(composed(name))) === null) {
    return;
  }
  const real = conflictOf(files, transfer, await foldAt(request.to));
  if (real !== null) {
    throw refusal(request.pid, real);
  }
}
