import { cleanLines } from '../core/clean-text.ts';
import { problem, ProblemError } from '../core/problem.ts';
import type { CvmfsRepository } from './cvmfs/port.ts';
import { cleanLabels, parseJson } from './labels.ts';

/** What a sandbox folder says about itself in its `.singularity.d`. */
export interface SandboxMetadata {
  readonly labels: Readonly<Record<string, string>>;
  readonly definition: string | null;
  readonly help: string | null;
  readonly note: string | null;
}

const MAX_FILE_BYTES = 1024 * 1024;
const MAX_TEXT_CHARS = 200_000;
const MAX_TOP_ENTRIES = 200;
/** Without one of these nothing can be started in a folder. */
const rootFolders = new Set(['bin', 'usr', 'lib', 'opt']);

/** Content of a small file; null when it is not there or cannot be read for a reason that is not trust. */
async function readSmall(
  repository: CvmfsRepository,
  path: string,
  signal: AbortSignal
): Promise<Uint8Array | null> {
  try {
    return await repository.readFile(path, MAX_FILE_BYTES, signal);
  } catch (error) {
    const isAbsent =
      error instanceof ProblemError &&
      ['image-not-found', 'image-not-readable', 'path-not-allowed'].includes(error.slug);
    if (isAbsent) {
      return null;
    }
    throw error;
  }
}

/** Reads a folder as an image. Throws `image-not-readable` when nothing could be run in it. */
export async function readSandbox(
  repository: CvmfsRepository,
  path: string,
  signal: AbortSignal
): Promise<SandboxMetadata> {
  const { entries } = await repository.readdir(path, { limit: MAX_TOP_ENTRIES, signal });
  const names = new Set(entries.map(entry => entry.name));
  if (!names.has('.singularity.d') && !entries.some(entry => rootFolders.has(entry.name))) {
    throw problem(
      'image-not-readable',
      `${path.toWellFormed()} is not an image: ${entries.length === 0 ? 'the folder is empty' : 'there is nothing in the folder that could be run'}. Choose another one.`
    );
  }
  const own = (file: string): Promise<Uint8Array | null> =>
    readSmall(repository, `${path}/.singularity.d/${file}`, signal);
  const text = (bytes: Uint8Array | null): string | null => {
    const decoded = bytes === null ? '' : new TextDecoder('utf-8').decode(bytes);
    return decoded.trim() === '' ? null : cleanLines(decoded, MAX_TEXT_CHARS);
  };
  const labelBytes = await own('labels.json');
  const labels = labelBytes === null ? {} : parseJson(labelBytes);
  return {
    labels: cleanLabels(labels),
    definition: text(await own('Singularity')),
    help: text(await own('runscript.help')),
    note:
      labelBytes === null
        ? 'This image carries no labels.'
        : labels === undefined
          ? 'The labels of this image are damaged: labels.json is not JSON.'
          : null
  };
}
