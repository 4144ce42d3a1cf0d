import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cleanText } from '../core/clean-text.ts';
import { isInside, realPathOfExistingPart } from '../core/paths.ts';
import { problem } from '../core/problem.ts';
import { WHY_NOT, WITHOUT_IMAGE } from './script.ts';

/** Folder in the job's own folder for scripts and logs; the node must see it, so it cannot be our state folder. */
const FOLDER = '.panosc';

/** Folder of one job; its name holds the job's id, by which it is found again in the scheduler. */
export function jobFolder(workdir: string, id: string): string {
  return path.join(workdir, FOLDER, id);
}

/** Writes the script whole or not at all. Throws `target-not-writable`, `path-not-allowed`. */
export async function writeScript(
  folder: string,
  scriptPath: string,
  script: string
): Promise<void> {
  const workdir = path.dirname(path.dirname(folder));
  if (!isInside(realPathOfExistingPart(folder), realPathOfExistingPart(workdir))) {
    throw problem(
      'path-not-allowed',
      `${path.dirname(folder)} is a link that leads out of ${workdir}. Remove it, or choose another folder.`
    );
  }
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    const temporary = `${scriptPath}.new`;
    await writeFile(temporary, script, { mode: 0o700 });
    await rename(temporary, scriptPath);
  } catch (error) {
    throw problem(
      'target-not-writable',
      `The script cannot be written into ${folder}. Choose another folder.`,
      { cause: error, extra: { path: folder } }
    );
  }
}

/** Takes back a folder whose job was not written down. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

/** Real path of a job's log. Throws `path-not-allowed` when links lead out of the job's folder. */
export function logFile(folder: string, workdir: string, stream: 'out' | 'err'): string {
  const real = realPathOfExistingPart(folder);
  if (!isInside(real, realPathOfExistingPart(workdir))) {
    throw problem('path-not-allowed', 'The log lies outside the job’s folder, so it is not shown.');
  }
  return path.join(real, `job.${stream}`);
}

/** True when the job says that it runs, or ran, without its image. */
export function saysWithoutImage(folder: string): boolean {
  return existsSync(path.join(folder, WITHOUT_IMAGE));
}

/** The sentence of a job that ended because its node could not run its image; null for all others. */
export function whyNot(folder: string): string | null {
  try {
    const file = path.join(folder, WHY_NOT);
    return lstatSync(file).isFile() ? cleanText(readFileSync(file, 'utf8'), 300) : null;
  } catch {
    return null;
  }
}

/** True for a file in the job's folder; no link leads out of it. */
export function isOwnFile(workdir: string, result: string): boolean {
  const file = path.resolve(workdir, result);
  try {
    return (
      isInside(realPathOfExistingPart(file), realPathOfExistingPart(workdir)) &&
      lstatSync(file).isFile()
    );
  } catch {
    return false;
  }
}
