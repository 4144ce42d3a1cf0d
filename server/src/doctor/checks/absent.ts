import type { Parts } from '../../parts.ts';
import { notChecked, type Check } from '../port.ts';

/** What a facility may name, each with the sentence for one that names none. */
const kinds = [
  [
    'providers',
    'signin',
    'Sign-in service',
    'The profile names no sign-in service: only open data can be had.'
  ],
  [
    'catalogues',
    'datasets',
    'Catalogue',
    'The profile names no catalogue: data can be pulled by their address only.'
  ],
  ['stores', 'transfers', 'Store', 'The profile names no store: nothing can be pulled.'],
  [
    'repositories',
    'images',
    'CVMFS repository',
    'The profile names no repository: jobs run without an image.'
  ],
  ['clusters', 'jobs', 'Cluster', 'The profile names no cluster: no job can be submitted.']
] as const;

/** A line for each thing that the other checks are silent about, so that its absence is not taken for its health. */
export function absent({ facility }: Pick<Parts, 'facility'>): Check[] {
  const profile = facility.current();
  return kinds.flatMap(([key, id, title, sentence]) =>
    profile === null || profile[key].length === 0
      ? [
          {
            id,
            title,
            run: () =>
              Promise.resolve(
                profile === null
                  ? notChecked('there is no facility profile that says where it is.')
                  : ({ state: 'skipped', text: sentence } as const)
              )
          }
        ]
      : []
  );
}
