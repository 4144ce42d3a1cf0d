import * as z from 'zod';
import { pageOf, PageQuery } from './paging.ts';

/** One dataset of a catalogue. `null` is "not known", never zero. */
export const Dataset = z.object({
  catalogue: z.string(),
  pid: z.string(),
  title: z.string(),
  isPublic: z.boolean().nullable(),
  createdAt: z.string().nullable(),
  sizeBytes: z.number().nonnegative().nullable(),
  fileCount: z.number().int().nonnegative().nullable(),
  techniques: z.array(z.object({ pid: z.string().nullable(), name: z.string() })),
  instrument: z.string().nullable(),
  documentId: z.string().nullable(),
  /** Free space is enough for it; null when size or space is unknown. */
  fits: z.boolean().nullable()
});
export type Dataset = z.infer<typeof Dataset>;
export const DatasetPage = pageOf(Dataset);

/** `GET /v1/datasets`. `to` is the folder that "fits" is answered for. */
export const DatasetQuery = PageQuery.extend({
  q: z.string().max(500).default(''),
  to: z.string().max(4096).optional()
});
export type DatasetQuery = z.infer<typeof DatasetQuery>;

/** One file of a dataset; `path` is the catalogue's own, relative to what the profile says. */
export const DatasetFile = z.object({
  name: z.string(),
  path: z.string(),
  sizeBytes: z.number().nonnegative().nullable(),
  /** Absolute path on this machine, where it is mounted and the file has the listed size. */
  localPath: z.string().nullable()
});
export type DatasetFile = z.infer<typeof DatasetFile>;
export const DatasetFilePage = pageOf(DatasetFile);

/** `GET /v1/datasets/item?pid=` and `GET /v1/datasets/files?pid=`. */
export const DatasetRef = z.object({
  pid: z.string().min(1).max(500),
  catalogue: z.string().max(100).optional(),
  to: z.string().max(4096).optional()
});
export const DatasetFilesQuery = PageQuery.extend({
  pid: z.string().min(1).max(500),
  catalogue: z.string().max(100).optional()
});
