import { readFileSync } from 'node:fs';
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
