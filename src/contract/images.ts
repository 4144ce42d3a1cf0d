import * as z from 'zod';
import { pageOf, PageQuery } from './paging.ts';

/** One image as a list shows it. */
export const Image = z.object({
  /** `REPO:PATH`, the way people write it. */
  ref: z.string(),
  repository: z.string(),
  path: z.string(),
  /** Absolute path below `/cvmfs` with links resolved: what a job script uses. */
  mountPath: z.string(),
  kind: z.enum(['sif', 'sandbox']),
  name: z.string(),
  version: z.string().nullable(),
  /** Null for a sandbox: it would need a walk. */
  sizeBytes: z.number().nullable(),
  modifiedAt: z.string().nullable(),
  /** Target when the entry is a link such as `latest`. */
  linkTo: z.string().nullable()
});
export type Image = z.infer<typeof Image>;
/** What is known about a repository whenever something is listed from it. */
export const RepositoryState = z.object({
  fqrn: z.string(),
  revision: z.number().int(),
  publishedAt: z.string().nullable(),
  whitelistExpiresAt: z.string(),
  server: z.string(),
  rootHash: z.string(),
  /** Lines such as "server X is behind"; empty when all is well. */
  warnings: z.array(z.string())
});
export type RepositoryState = z.infer<typeof RepositoryState>;
export const ImagePage = pageOf(Image).extend({
  repositories: z.array(RepositoryState),
  /** Repositories that could not be listed, each with its sentence. */
  problems: z.array(z.object({ repository: z.string(), detail: z.string() }))
});
export type ImagePage = z.infer<typeof ImagePage>;

/** `GET /v1/images`. */
export const ImageQuery = PageQuery.extend({
  q: z.string().max(200).default(''),
  repository: z.string().max(200).optional()
});
export type ImageQuery = z.infer<typeof ImageQuery>;
export const ImageRef = z.object({ ref: z.string().min(3).max(2000) });

export const ImageDetail = Image.extend({
  revision: z.number().int(),
  rootHash: z.string(),
  /** `preview`: read from the first bytes of an object that was not hashed as a whole. */
  trust: z.enum(['verified', 'preview']),
  architecture: z.string().nullable(),
  labels: z.record(z.string(), z.string()),
  definition: z.string().nullable(),
  help: z.string().nullable(),
  licence: z.string().nullable(),
  /** Number of signature objects; "0" means unsigned, which is normal. Not checked here. */
  signatures: z.number().int().nullable(),
  /** Fingerprints that the signature objects claim; hints, not proof. */
  signers: z.array(z.string()),
  /** Format of a software bill of materials inside; null when there is none. */
  sbom: z.string().nullable(),
  encrypted: z.boolean().nullable(),
  /** Why metadata is missing, in one sentence; null when it is there. */
  note: z.string().nullable(),
  /** Hash of the stored object(s), for provenance. */
  contentHash: z.string().nullable()
});
export type ImageDetail = z.infer<typeof ImageDetail>;
