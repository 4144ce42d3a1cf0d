import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, link, lstat, mkdir, open, rename, rm, unlink } from 'node:fs/promises';
import path from 'node:path';
import { cleanText } from '../../core/clean-text.ts';
import { errorCode } from '../../core/error-code.ts';
import { isInside, realPathOfExistingPart } from '../../core/paths.ts';
import { problem } from '../../core/problem.ts';
import { diskProblem } from './failure-problem.ts';

const MAX_NAME_BYTES = 255;

/** The two files that stand beside a target while it is pulled. */
export interface Leftovers {
  readonly partFile: string;
  readonly journalFile: string;
}

/** A name that leaves no room for our suffix is replaced by its digest. */
export function leftoversOf(target: string): Leftovers {
  const folder = path.dirname(target);
  const whole = path.basename(target);
  const name =
    Buffer.byteLength(whole) > MAX_NAME_BYTES - '..panosc-journal'.length
      ? createHash('sha256').update(whole).digest('hex')
      : whole;
  return {
    partFile: path.join(folder, `.${name}.panosc-part`),
    journalFile: path.join(folder, `.${name}.panosc-journal`)
  };
}

/**
 * Refuses names that a store may send but that have no place on a disk: control characters, bidi overrides,
 * dots, names that are too long or look like our own. A leading dash or a blank is fine: names are never options here.
 */
export function checkName(relative: string): void {
  for (const segment of relative.split('/')) {
    const isBad =
      segment === '' ||
      segment === '.' ||
      segment === '..' ||
      /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(segment) ||
      /^\..*\.panosc-(?:part|journal)$/.test(segment) ||
      Buffer.byteLength(segment) > MAX_NAME_BYTES;
    if (isBad) {
      throw problem(
        'bad-file-name',
        `The catalogue lists a file whose name cannot be used on this disk: "${cleanText(relative, 120)}". Tell the facility.`
      );
    }
  }
}

/** A recursive mkdir says ENOENT below a folder that cannot be written; that folder says why. */
async function whyNoFolder(folder: string, code: string): Promise<string> {
  if (code !== 'ENOENT') {
    return code;
  }
  for (let parent = path.dirname(folder); ; parent = path.dirname(parent)) {
    const found = await access(parent, constants.W_OK).then(
      () => code,
      (error: unknown) => errorCode(error)
    );
    if (found !== 'ENOENT' || parent === path.dirname(parent)) {
      return found;
    }
  }
}

/**
 * Makes the target's folder below the root; links that lead out of it are refused. Gives the first folder that was
 * not there before, or null.
 */
export async function prepareFolder(target: string, root: string): Promise<string | null> {
  const folder = path.dirname(target);
  const realRoot = realPathOfExistingPart(root);
  if (!isInside(realPathOfExistingPart(folder), realRoot)) {
    throw problem('path-not-allowed', `${folder} lies outside ${root}. Choose a folder inside.`);
  }
  let made: string | undefined;
  try {
    made = await mkdir(folder, { recursive: true });
  } catch (error) {
    throw diskProblem(await whyNoFolder(folder, errorCode(error)), folder);
  }
  if (!isInside(realPathOfExistingPart(folder), realRoot)) {
    throw problem('path-not-allowed', `${folder} lies outside ${root}. Choose a folder inside.`);
  }
  return made ?? null;
}

/** Size of a regular file; null when there is nothing. Anything else in the way is `target-exists`. */
export async function sizeOfTarget(target: string): Promise<number | null> {
  try {
    const info = await lstat(target);
    if (!info.isFile()) {
      throw problem(
        'target-exists',
        `${target} is in the way and is no ordinary file. Move it, or choose another folder.`
      );
    }
    return info.size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      return null;
    }
    if (error instanceof Error && 'code' in error) {
      throw diskProblem(errorCode(error), target);
    }
    throw error;
  }
}

/** Creates the partial file (or takes the one that is there) at its full length; sparse where the disk allows. */
export async function preparePart(
  partFile: string,
  sizeBytes: number,
  isResumed: boolean
): Promise<void> {
  try {
    const flags =
      constants.O_RDWR |
      constants.O_CREAT |
      constants.O_NOFOLLOW |
      (isResumed ? 0 : constants.O_TRUNC);
    const handle = await open(partFile, flags, 0o666);
    try {
      await handle.truncate(sizeBytes);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw diskProblem(errorCode(error), partFile);
  }
}

/** Bytes that a file takes up on the disk; 0 when it is not there. */
export async function allocatedBytes(file: string): Promise<number> {
  const info = await lstat(file).catch(() => null);
  return info === null ? 0 : Math.min(info.size, info.blocks * 512);
}

/** True when a partial file stands beside the target that is not the target itself under its other name. */
export async function hasOtherPart(target: string): Promise<boolean> {
  const part = await lstat(leftoversOf(target).partFile).catch(() => null);
  if (part === null) {
    return false;
  }
  const final = await lstat(target);
  return part.ino !== final.ino || part.dev !== final.dev;
}

/** One fsync of the data, then the final name appears at once and never over another file. */
export async function publish(partFile: string, target: string, isSynced: boolean): Promise<void> {
  try {
    if (isSynced) {
      const handle = await open(partFile, 'r+');
      await handle.sync().finally(() => handle.close());
    }
    try {
      await link(partFile, target);
      await unlink(partFile);
    } catch (error) {
      if (errorCode(error) === 'EEXIST') {
        throw problem(
          'target-exists',
          `${target} appeared while it was pulled. Move it, then retry.`
        );
      }
      // File systems without hard links: the check and the rename are two steps there.
      if ((await sizeOfTarget(target)) !== null) {
        throw problem(
          'target-exists',
          `${target} appeared while it was pulled. Move it, then retry.`
        );
      }
      await rename(partFile, target);
    }
    if (isSynced) {
      const folder = await open(path.dirname(target), 'r');
      await folder
        .sync()
        .catch(() => undefined)
        .finally(() => folder.close());
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'ProblemError') {
      throw error;
    }
    throw diskProblem(errorCode(error), target);
  }
}

/** Removes what an unfinished pull left. */
export async function removeLeftovers(target: string): Promise<void> {
  const { journalFile, partFile } = leftoversOf(target);
  await Promise.all([rm(partFile, { force: true }), rm(journalFile, { force: true })]);
}
