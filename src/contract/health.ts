import * as z from 'zod';

/** Raised by one whenever browser and companion would misunderstand each other. */
export const CONTRACT = 1;

/** `GET /v1/health`: proof that the companion answers, and what it is. */
export const Health = z.object({
  version: z.string(),
  contract: z.number().int(),
  node: z.string(),
  startedAt: z.string(),
  /** Operations that are not finished. */
  unfinished: z.object({ transfers: z.number().int(), jobs: z.number().int() })
});
export type Health = z.infer<typeof Health>;
