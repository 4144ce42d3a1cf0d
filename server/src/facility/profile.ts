import * as z from 'zod';

const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,49}$/, 'must be lower-case letters, digits and dashes');
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http(s) address' });

/** A sign-in service: any OpenID Connect provider by issuer and client. */
export const ProviderProfile = z.strictObject({
  id,
  title: z.string(),
  /** Exactly as in the provider's discovery document. Plain http only on loopback and only in demo or test. */
  issuer: httpUrl,
  /** Client registration for the device grant (RFC 8628). A secret is read from a file, never written here. */
  device: z.strictObject({ client_id: z.string(), secret_file: z.string().optional() }),
  scopes: z.array(z.string()).default(['openid', 'profile', 'offline_access']),
  /** Origins beside the issuer's own where endpoints may lie. */
  allowed_endpoint_origins: z.array(httpUrl).default([]),
  ca_file: z.string().optional()
});
export type ProviderProfile = z.infer<typeof ProviderProfile>;

/** A catalogue that speaks the PaNOSC federated search API. */
export const CatalogueProfile = z.strictObject({
  id,
  title: z.string(),
  kind: z.literal('panosc-search'),
  /** Base address; `/datasets` is appended. */
  api: httpUrl,
  /** How a file's `path` becomes a URL, e.g. `https://data.example.org/{path}`. */
  file_url: z
    .string()
    .regex(/^https?:\/\/[^{}]+\{path\}$/, 'must be an http(s) address that ends with {path}'),
  /** Cut from the front of `path` before it goes into `file_url`. */
  strip_prefix: z.string().default(''),
  /** Where checksums come from: a manifest beside the data, a response header, or nowhere. */
  checksums: z
    .union([
      z.strictObject({
        manifest: z.enum([
          'SHA256SUMS',
          'MD5SUMS',
          'SHA1SUMS',
          'manifest-sha256.txt',
          'manifest-md5.txt'
        ])
      }),
      z.strictObject({ header: z.enum(['Repr-Digest', 'Digest', 'OC-Checksum', 'Content-MD5']) }),
      z.literal('none')
    ])
    .default('none')
});
export type CatalogueProfile = z.infer<typeof CatalogueProfile>;

/** True where nobody on the way can read a token. */
function keepsSecrets(url: string): boolean {
  const { hostname, protocol } = new URL(url);
  return protocol === 'https:' || /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(hostname);
}

/** A place that files may be pulled from. A URL outside every store is refused. */
export const StoreProfile = z
  .strictObject({
    id,
    title: z.string(),
    kind: z.literal('http'),
    /** Everything below this address may be pulled. */
    url: httpUrl,
    /** Provider whose access token the store wants; left out for open data. */
    token_from: id.optional(),
    /** For pulls by URL, where no catalogue says it. */
    checksums: CatalogueProfile.shape.checksums,
    ca_file: z.string().optional(),
    /** Parallel ranges of one file, and bytes of one chunk. */
    streams: z.number().int().min(1).max(16).default(4),
    chunk_bytes: z.number().int().min(65_536).max(1_073_741_824).default(16_777_216)
  })
  .refine(({ token_from: provider, url }) => provider === undefined || keepsSecrets(url), {
    path: ['url'],
    message: 'a store that gets a token needs https (plain http only on this machine)'
  });
export type StoreProfile = z.infer<typeof StoreProfile>;

/** A CVMFS repository, read over HTTP. Keys are shipped with the profile, never fetched. */
export const RepositoryProfile = z.strictObject({
  kind: z.literal('cvmfs-http'),
  fqrn: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{2,99}$/, 'must be a name such as software.example.org'),
  title: z.string(),
  /** Base addresses with the fqrn already in: `http://HOST/cvmfs/FQRN`. In order of preference. */
  servers: z.array(httpUrl).min(1),
  /** Master public keys: PEM text, or paths relative to the profile. One must fit. */
  keys: z.array(z.string()).min(1),
  /** Folders in which images are looked for, and how their names are built. */
  roots: z
    .array(
      z.strictObject({
        path: z.string().regex(/^\//, 'must begin with /'),
        layout: z.enum(['packages', 'unpacked', 'tagged', 'dated', 'flat'])
      })
    )
    .min(1)
});
export type RepositoryProfile = z.infer<typeof RepositoryProfile>;

/** A place where jobs run. */
export const ClusterProfile = z.strictObject({
  id,
  title: z.string(),
  kind: z.enum(['slurm-cli', 'local']),
  /** Folder with the Slurm programs when it is not on PATH. */
  bin: z.string().optional(),
  /** Value for SLURM_CONF when the session has none. */
  slurm_conf: z.string().optional(),
  /** Name of the command on the nodes. */
  apptainer: z.string().default('apptainer'),
  /** Lets a job with an image run without Apptainer, labelled as such. For demonstrations only. */
  allow_without_image: z.boolean().default(false),
  /** Folders that jobs may bind and work in; default: the person's home. `~` and `$USER` are understood. */
  data_roots: z.array(z.string()).default(['~'])
});
export type ClusterProfile = z.infer<typeof ClusterProfile>;

const Fields = z.strictObject({
  id,
  title: z.string(),
  demo: z.boolean().default(false),
  /** Whom to ask; shown where something is refused. */
  help: z.string().nullable().default(null),
  providers: z.array(ProviderProfile).default([]),
  catalogues: z.array(CatalogueProfile).default([]),
  stores: z.array(StoreProfile).default([]),
  repositories: z.array(RepositoryProfile).default([]),
  clusters: z.array(ClusterProfile).default([]),
  transfers: z
    .strictObject({
      /** Folder for pulls when nobody says otherwise. */
      default_target: z.string().default('~/data'),
      /** Folders below which pulls may write. */
      roots: z.array(z.string()).default(['~'])
    })
    .prefault({})
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
