import * as z from 'zod';

/**
 * The lists of a profile. Every key says in one sentence what it means, and shows an example: the reference
 * (docs/admin/profile-reference.md) and the JSON schema are made from that.
 */

/** Gives a key its sentence and its example. */
export function key<T extends z.ZodType>(schema: T, description: string, example?: unknown): T {
  return schema.meta({ description, ...(example === undefined ? {} : { examples: [example] }) });
}

const idText = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,49}$/, 'must be lower-case letters, digits and dashes');
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http(s) address' });
const absolute = z.string().regex(/^\//, 'must begin with /');

/** Short name by which other keys, the command line and the log speak of an entry. */
export const id = (example: string) =>
  key(
    idText,
    'Short name, unique among its neighbours: lower-case letters, digits and dashes, at most 50.',
    example
  );

/** Name that people read. */
export const title = (example: string) => key(z.string(), 'Name that people read.', example);

const caFile = key(
  z.string().optional(),
  'PEM file of the certificate authority when it is a private one; relative to the profile.',
  'ca/example-root.pem'
);

/** A sign-in service: any OpenID Connect provider by issuer and client. */
export const ProviderProfile = z.strictObject({
  id: id('umbrella'),
  title: title('UmbrellaID'),
  issuer: key(
    httpUrl,
    "Issuer, exactly as in the provider's discovery document; plain http only on loopback, for tests.",
    'https://login.example.org'
  ),
  device: key(
    z.strictObject({
      client_id: key(z.string(), 'Id of the client that the provider registered.', 'panosc-lab'),
      secret_file: key(
        z.string().optional(),
        "File with the client's secret, when it has one: a secret never stands in a profile.",
        '/etc/panosc/umbrella.secret'
      )
    }),
    'Client registration for the device grant (RFC 8628); PKCE is always sent.'
  ),
  scopes: key(
    z.array(z.string()).default(['openid', 'profile', 'offline_access']),
    'Scopes that are asked for.',
    ['openid', 'profile', 'offline_access']
  ),
  allowed_endpoint_origins: key(
    z.array(httpUrl).default([]),
    "Origins beside the issuer's own where the provider's endpoints may lie.",
    ['https://tokens.example.org']
  ),
  ca_file: caFile
});
export type ProviderProfile = z.infer<typeof ProviderProfile>;

const checksums = key(
  z
    .union([
      z.strictObject({
        manifest: key(
          z.enum(['SHA256SUMS', 'MD5SUMS', 'SHA1SUMS', 'manifest-sha256.txt', 'manifest-md5.txt']),
          'File beside the data that lists the checksums.',
          'SHA256SUMS'
        )
      }),
      z.strictObject({
        header: key(
          z.enum(['Repr-Digest', 'Digest', 'OC-Checksum', 'Content-MD5']),
          "Header of the store's answer that holds the checksum.",
          'Repr-Digest'
        )
      }),
      z.literal('none')
    ])
    .default('none'),
  'Where checksums come from: a manifest beside the data, a header of the answer, or `none`.',
  { manifest: 'SHA256SUMS' }
);

/** A catalogue that speaks the PaNOSC federated search API. */
export const CatalogueProfile = z.strictObject({
  id: id('search'),
  title: title('Open data of the facility'),
  kind: key(
    z.literal('panosc-search'),
    'Language of the catalogue: the PaNOSC federated search API.',
    'panosc-search'
  ),
  api: key(
    httpUrl,
    'Base address of the API; `/datasets` is appended.',
    'https://search.example.org/api'
  ),
  file_url: key(
    z
      .string()
      .regex(/^https?:\/\/[^{}]+\{path\}$/, 'must be an http(s) address that ends with {path}')
      .optional(),
    "How a file's path becomes its address; left out, data can be found and not pulled.",
    'https://data.example.org/{path}'
  ),
  strip_prefix: key(
    z.string().default(''),
    "Cut from the front of a file's path before it goes into `file_url`.",
    '/data/'
  ),
  local_paths: key(
    z
      .array(
        z.strictObject({
          prefix: key(
            z.string().regex(/\/$/, 'must end with /'),
            "Beginning of a file's path in the catalogue, up to a slash.",
            '/data/visitor/'
          ),
          folder: key(
            absolute,
            'Folder of this machine where the rest of the path lies.',
            '/data/visitor'
          )
        })
      )
      .default([]),
    'Where machines that mount the data have it: a file that is there with its size needs no pull.'
  ),
  checksums
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
    id: id('data'),
    title: title('Data store'),
    kind: key(z.literal('http'), 'How files are fetched: http(s) with ranges.', 'http'),
    url: key(
      httpUrl,
      'Everything below this address may be pulled, and nothing else.',
      'https://data.example.org/'
    ),
    token_from: key(
      idText.optional(),
      'Id of the provider whose access token the store wants; left out for open data.',
      'umbrella'
    ),
    checksums: key(
      checksums,
      'Where checksums come from when a file is pulled by its address, so that no catalogue says it.',
      { header: 'Repr-Digest' }
    ),
    ca_file: caFile,
    streams: key(z.number().int().min(1).max(16).default(4), 'Parallel ranges of one file.', 4),
    chunk_bytes: key(
      z.number().int().min(65_536).max(1_073_741_824).default(16_777_216),
      'Bytes of one range.',
      16_777_216
    )
  })
  .refine(({ token_from: provider, url }) => provider === undefined || keepsSecrets(url), {
    path: ['url'],
    message: 'a store that gets a token needs https (plain http only on this machine)'
  });
export type StoreProfile = z.infer<typeof StoreProfile>;

/** A CVMFS repository, read over HTTP. Keys are shipped with the profile, never fetched. */
export const RepositoryProfile = z.strictObject({
  kind: key(
    z.literal('cvmfs-http'),
    'How the repository is read: over HTTP, without a mount.',
    'cvmfs-http'
  ),
  fqrn: key(
    z.string().regex(/^[a-z0-9][a-z0-9.-]{2,99}$/, 'must be a name such as software.example.org'),
    'Name of the repository.',
    'software.example.org'
  ),
  title: title('Software of the facility'),
  servers: key(
    z.array(httpUrl).min(1),
    'Base addresses with the name already in, in order of preference.',
    ['http://stratum1.example.org/cvmfs/software.example.org']
  ),
  keys: key(
    z.array(z.string()).min(1),
    'Master public keys, never fetched: PEM text, or files relative to the profile; one must fit.',
    ['keys/example.org.pub']
  ),
  roots: key(
    z
      .array(
        z.strictObject({
          path: key(absolute, 'Folder in the repository.', '/software/packages'),
          layout: key(
            z.enum(['packages', 'unpacked', 'tagged', 'dated', 'flat']),
            'How names and versions of images are built there.',
            'packages'
          )
        })
      )
      .min(1),
    'Folders in which images are looked for.'
  )
});
export type RepositoryProfile = z.infer<typeof RepositoryProfile>;

/** A place where jobs run. */
export const ClusterProfile = z.strictObject({
  id: id('hpc'),
  title: title('Cluster'),
  kind: key(
    z.enum(['slurm-cli', 'local']),
    'How jobs are run: the commands of Slurm as the person, or processes of this machine.',
    'slurm-cli'
  ),
  bin: key(
    z.string().optional(),
    'Folder with the Slurm programs when it is not on PATH.',
    '/opt/slurm/bin'
  ),
  slurm_conf: key(
    z.string().optional(),
    'Value for SLURM_CONF when the session has none.',
    '/etc/slurm/slurm.conf'
  ),
  apptainer: key(
    z.string().default('apptainer'),
    'Name of the Apptainer command on the nodes.',
    'apptainer'
  ),
  allow_without_image: key(
    z.boolean().default(false),
    'Lets a job that names an image run without Apptainer, labelled as such: for demonstrations only.',
    false
  ),
  data_roots: key(
    z.array(z.string()).default(['~']),
    'Folders that jobs may bind and work in; `~` and `$USER` are understood.',
    ['~', '/data/$USER']
  )
});
export type ClusterProfile = z.infer<typeof ClusterProfile>;
