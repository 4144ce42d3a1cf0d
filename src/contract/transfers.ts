import * as z from 'zod';
import { operationFields } from './operation.ts';
import { pageOf } from './paging.ts';
import { Problem } from './problem.ts';

/**
 * States of a transfer. `verified` = every file agrees with a checksum of the facility;
 * `as-sent` = complete, same size and validator, but the facility published no checksum for at least one file.
 */
export const TransferState = z.enum([
  'queued',
  'running',
  'needs-you',
  'verified',
  'as-sent',
  'failed',
  'cancelled'
]);
export type TransferState = z.infer<typeof TransferState>;

export const finishedTransferStates: readonly TransferState[] = [
  'verified',
  'as-sent',
  'failed',
  'cancelled'
];

export const Transfer = z.object({
  ...operationFields,
  state: TransferState,
  title: z.string(),
  /** PID or URL that was asked for. */
  source: z.string(),
  /** Absolute folder. */
  to: z.string(),
  bytes: z.number(),
  bytesTotal: z.number().nullable(),
  files: z.object({
    total: z.number().int().nullable(),
    done: z.number().int(),
    verified: z.number().int(),
    failed: z.number().int(),
    /** Of those that are done: how many were on this disk before, so that nothing was fetched for them. */
    here: z.number().int()
  }),
  /** Bytes a second over the last seconds; null when nothing moves. */
  rate: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  /** Why it waits, or why it goes slower than it could; null when nothing holds it back. */
  notice: z.string().nullable()
});
export type Transfer = z.infer<typeof Transfer>;
export const TransferPage = pageOf(Transfer);

export const TransferFile = z.object({
  /** Path below the target folder. */
  path: z.string(),
  url: z.string(),
  sizeBytes: z.number().nullable(),
  bytes: z.number(),
  state: z.enum(['waiting', 'running', 'verified', 'as-sent', 'failed']),
  checksum: z.object({ algorithm: z.string(), value: z.string(), source: z.string() }).nullable(),
  problem: Problem.nullable()
});
export type TransferFile = z.infer<typeof TransferFile>;
export const TransferFilePage = pageOf(TransferFile);

/** `POST /v1/transfers` and `POST /v1/transfers/plan`. Exactly one of `pid` and `url`. */
export const StartTransfer = z
  .strictObject({
    pid: z.string().min(1).max(500).optional(),
    catalogue: z.string().max(100).optional(),
    url: z.string().max(4096).optional(),
    /** Folder; relative to the person's home or `~/…` or absolute. Default: the profile's target. */
    to: z.string().max(4096).optional(),
    /** Only files whose name matches this glob (`*`, `?`, `[…]`). */
    only: z.string().max(200).optional()
  })
  .refine(body => (body.pid === undefined) !== (body.url === undefined), {
    message: 'give either pid or url'
  });
export type StartTransfer = z.infer<typeof StartTransfer>;

export const TransferPlan = z.object({
  title: z.string(),
  to: z.string(),
  files: z.number().int().nullable(),
  bytes: z.number().nullable(),
  freeBytes: z.number().nullable(),
  freeAfterBytes: z.number().nullable(),
  fits: z.boolean().nullable(),
  /** Estimated from the last measured rate of this store; null when nothing was measured yet. */
  seconds: z.number().nullable(),
  /** Where the checksums come from, in words; null when the facility publishes none for this. */
  checksums: z.string().nullable(),
  /**
   * What the store says about them now: `there`, `none` (it will end "as sent"), or `not-known` (the store
   * could not be asked; the pull will tell).
   */
  checksumsFound: z.enum(['there', 'none', 'not-known']),
  /** Why it would be refused, and whom to ask: it is against a rule of the facility. Null when it is not. */
  refusal: z.string().nullable(),
  /** Nothing can be fetched before the person has signed in. */
  needsSignIn: z.boolean(),
  /**
   * What lies in the folder already, of the first files (`looked` says how many): `files` and `bytes` have name and
   * size of theirs, `others` are in the way. Null when there is nothing in the folder.
   */
  here: z
    .object({
      looked: z.number().int(),
      files: z.number().int(),
      bytes: z.number(),
      others: z.number().int()
    })
    .nullable(),
  /** What happens when the session ends, said before the start. */
  afterSession: z.string()
});
export type TransferPlan = z.infer<typeof TransferPlan>;

/**
 * `POST /v1/transfers/listing` and `GET /v1/transfers/:id/listing`: the first files of a pull with their addresses,
 * for a person who wants to fetch them with another program. No secret is in here: what wants a token says whose.
 */
export const TransferListing = z.object({
  /** Absolute folder. */
  to: z.string(),
  files: z.array(
    z.object({
      /** Path below the folder. */
      path: z.string(),
      url: z.string(),
      sizeBytes: z.number().nullable(),
      /** Title of the sign-in service whose access token the store wants; null for open data. */
      tokenOf: z.string().nullable(),
      /** Absolute path of the certificate authority, where the store has its own. */
      caFile: z.string().nullable(),
      checksum: z.object({ algorithm: z.string(), value: z.string() }).nullable()
    })
  ),
  /** These are all files. */
  isWhole: z.boolean(),
  /** Files beside the data that list checksums, for files whose checksum is not known here. */
  manifests: z.array(
    z.object({
      url: z.string(),
      algorithm: z.string(),
      /** Folder below the target that its names are relative to; empty for the target itself. */
      folder: z.string(),
      /** The store has it; else the store could not be asked. */
      isThere: z.boolean(),
      tokenOf: z.string().nullable(),
      caFile: z.string().nullable()
    })
  )
});
export type TransferListing = z.infer<typeof TransferListing>;
