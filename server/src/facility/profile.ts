import * as z from 'zod';
import {
  CatalogueProfile,
  ClusterProfile,
  id,
  key,
  ProviderProfile,
  RepositoryProfile,
  StoreProfile,
  title
} from './profile-entries.ts';
import { transferRules } from './profile-transfers.ts';

export {
  CatalogueProfile,
  ClusterProfile,
  ProviderProfile,
  RepositoryProfile,
  StoreProfile
} from './profile-entries.ts';

/** Something that is not publicly known: what, and who knows it. */
const Question = z.strictObject({
  what: key(
    z.string().min(1),
    'What is not known, as a question or a noun phrase.',
    'How does the path of a file become an address?'
  ),
  who: key(
    z.string().min(1),
    'Who knows it: a desk, a team, or a page that names one.',
    'the data management group, data@example.org'
  ),
  fills: key(
    z
      .enum([
        'providers',
        'catalogues',
        'catalogues.file_url',
        'stores',
        'repositories',
        'clusters',
        'transfers'
      ])
      .optional(),
    'Key of the profile that the answer fills; shown where a person misses it.',
    'catalogues.file_url'
  )
});
export type Question = z.infer<typeof Question>;

const Fields = z.strictObject({
  id: id('example'),
  title: title('Example Light Source'),
  demo: key(
    z.boolean().default(false),
    'Marks a facility that exists for demonstrations: it is labelled and listed first.',
    false
  ),
  help: key(
    z.string().nullable().default(null),
    'Whom to ask; shown where something is refused.',
    'Write to helpdesk@example.org and quote the request id.'
  ),
  ask: key(
    z.array(Question).default([]),
    'What is not publicly known and whom to ask; the self-check lists it.'
  ),
  providers: key(
    z.array(ProviderProfile).default([]),
    'Sign-in: any OpenID Connect provider that grants device codes (RFC 8628).'
  ),
  catalogues: key(z.array(CatalogueProfile).default([]), 'Where datasets are found.'),
  stores: key(
    z.array(StoreProfile).default([]),
    'Where files may be pulled from: an address below none of these is refused.'
  ),
  repositories: key(
    z.array(RepositoryProfile).default([]),
    'CVMFS repositories with software images.'
  ),
  clusters: key(z.array(ClusterProfile).default([]), 'Where jobs run.'),
  trust: key(
    z
      .strictObject({
        unsigned_images: key(
          z.enum(['allow', 'warn', 'refuse']).default('allow'),
          'What becomes of a job whose image carries no signature. Signatures are counted, not checked; a folder can carry none.',
          'warn'
        )
      })
      .prefault({}),
    'What is asked of software beyond a verified repository.'
  ),
  domains: key(
    z.array(z.enum(['datasets', 'images', 'jobs'])).default(['datasets', 'images', 'jobs']),
    'Parts that are offered here: finding data, software images, jobs with their GPUs. What is left out is not shown and not done; `transfers.run_on` switches pulls.',
    ['datasets', 'images']
  ),
  transfers: key(
    z
      .strictObject({
        default_target: key(
          z.string().default('~/data'),
          'Folder for pulls when nobody says otherwise.',
          '~/data'
        ),
        roots: key(z.array(z.string()).default(['~']), 'Folders below which pulls may write.', [
          '~',
          '/data'
        ]),
        ...transferRules
      })
      .prefault({}),
    'What pulls may do on this machine.'
  )
});

/** Says where two entries of a list have the same id, and where a store names a provider that is not there. */
function checkNames(
  { clusters, catalogues, providers, repositories, stores }: z.infer<typeof Fields>,
  context: z.RefinementCtx
): void {
  const mistake = (path: (string | number)[], message: string): void =>
    context.addIssue({ code: 'custom', path, message });
  const lists = { catalogues, clusters, providers, stores };
  for (const [name, list] of Object.entries(lists)) {
    const ids = list.map(entry => entry.id);
    ids.forEach((id, index) => {
      if (ids.indexOf(id) < index) {
        mistake([name, index, 'id'], `"${id}" is there twice`);
      }
    });
  }
  repositories.forEach(({ fqrn }, index) => {
    if (repositories.findIndex(other => other.fqrn === fqrn) < index) {
      mistake(['repositories', index, 'fqrn'], `"${fqrn}" is there twice`);
    }
  });
  stores.forEach(({ token_from: provider }, index) => {
    if (provider !== undefined && !providers.some(({ id }) => id === provider)) {
      mistake(['stores', index, 'token_from'], `there is no provider "${provider}"`);
    }
  });
}

/** What a facility offers. One file, strict: an unknown key is a mistake. */
export const Profile = Fields.superRefine(checkNames);
export type Profile = z.infer<typeof Profile>;

/** The profile without what belongs to domains that are switched off: to everybody else it is not there. */
export function withoutSwitchedOff(profile: Profile): Profile {
  const { domains } = profile;
  return {
    ...profile,
    catalogues: domains.includes('datasets') ? profile.catalogues : [],
    repositories: domains.includes('images') ? profile.repositories : [],
    clusters: domains.includes('jobs') ? profile.clusters : []
  };
}
