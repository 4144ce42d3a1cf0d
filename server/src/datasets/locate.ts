import { problem } from '../core/problem.ts';
import type { CatalogueProfile } from '../facility/profile.ts';
import type { CatalogueFile } from './port.ts';

/** A file as a catalogue lists it. */
interface ListedFile {
  readonly name?: string | null | undefined;
  readonly path?: string | null | undefined;
  readonly size?: number | null | undefined;
}

function segmentsOf(path: string): string[] {
  const segments = path.split('/').filter(segment => segment !== '' && segment !== '.');
  if (segments.length === 0 || segments.includes('..') || path.includes('\0')) {
    throw problem(
      'bad-file-name',
      `The catalogue lists a file whose path cannot be used: ${JSON.stringify(path.slice(0, 200))}.`
    );
  }
  return segments;
}

/** Some catalogues list the whole path, others the folder and the name: SciCat's search API cuts the name off. */
function pathOf({ name, path }: ListedFile): string {
  const listed = path ?? '';
  const last = name ?? '';
  if (listed === '' || last === '' || listed === last || listed.endsWith(`/${last}`)) {
    return listed === '' ? last : listed;
  }
  return `${listed.replace(/\/+$/, '')}/${last}`;
}

/**
 * Applies the profile's rule that turns a file's `path` into a URL (the search API has none); null without a rule.
 *
 * Every segment is percent-encoded; `..`, empty and zero-byte paths are `bad-file-name`.
 */
export function locate(
  profile: Pick<CatalogueProfile, 'file_url' | 'strip_prefix'>,
  file: ListedFile
): CatalogueFile {
  const path = pathOf(file);
  const stripped = path.startsWith(profile.strip_prefix)
    ? path.slice(profile.strip_prefix.length)
    : path;
  const segments = segmentsOf(stripped);
  const last = segments.at(-1) ?? '';
  return {
    name: file.name ?? last,
    path,
    sizeBytes: file.size ?? null,
    url:
      profile.file_url?.replace('{path}', () => segments.map(encodeURIComponent).join('/')) ?? null,
    relativePath: segments.join('/')
  };
}

/** The folder that all these paths share, as segments; the last segment of a path is its file. */
export function sharedFolder(paths: readonly string[]): readonly string[] {
  const folders = paths.map(path => path.split('/').slice(0, -1));
  const first = folders[0] ?? [];
  let length = first.length;
  for (const folder of folders) {
    let same = 0;
    while (same < length && folder[same] === first[same]) {
      same++;
    }
    length = same;
  }
  return first.slice(0, length);
}

/** Cuts the shared folder off; a path outside it keeps all its folders, so that no two files collide. */
export function belowFolder(path: string, folder: readonly string[]): string {
  const prefix = folder.map(segment => `${segment}/`).join('');
  return path.startsWith(prefix) ? path.slice(prefix.length) : path;
}
