import { readFileSync } from 'node:fs';
import { fetchTrusting } from '../../core/ca-fetch.ts';
import type { Fetch } from '../../core/http-client.ts';
import { problem } from '../../core/problem.ts';
import type { StoreProfile } from '../../facility/profile.ts';

/** PEM text of the store's own certificate authority; null for the system's. Throws `bad-profile`. */
export function readAuthority(
  { ca_file: file, title }: Pick<StoreProfile, 'ca_file' | 'title'>,
  resolveFile: (name: string) => string
): string | null {
  try {
    return file === undefined ? null : readFileSync(resolveFile(file), 'utf8');
  } catch (error) {
    throw problem(
      'bad-profile',
      `The certificate file of "${title}" cannot be read. Tell whoever wrote the profile.`,
      { cause: error }
    );
  }
}

/** How the main thread asks a store: with its own authority where it has one. */
export function fetchFor(
  store: Pick<StoreProfile, 'ca_file' | 'title'>,
  resolveFile: (name: string) => string,
  usual: Fetch
): Fetch {
  const ca = readAuthority(store, resolveFile);
  return ca === null ? usual : fetchTrusting(ca);
}
