import { readFileSync } from 'node:fs';
import type { Fetch } from '../../core/http-client.ts';
import { outgoingFetch, type Outgoing } from '../../core/outgoing-fetch.ts';
import { problem } from '../../core/problem.ts';
import type { StoreProfile } from '../../facility/profile.ts';
import type { ActiveProfile } from '../../facility/service.ts';

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

/** What says how a store is asked. */
export interface FetchParts extends Outgoing {
  readonly facility: Pick<ActiveProfile, 'resolveFile'>;
}

/** How the main thread asks a store: with its own authority where it has one. */
export function fetchFor(store: Pick<StoreProfile, 'ca_file' | 'title'>, parts: FetchParts): Fetch {
  return outgoingFetch(
    parts,
    readAuthority(store, name => parts.facility.resolveFile(name))
  );
}
