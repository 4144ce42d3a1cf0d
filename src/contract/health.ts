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

/** `GET /v1/ready`: the store can be written, a profile is read, and unfinished work has been taken up. */
export const Ready = z.object({
  ready: z.literal(true),
  /** Id of the active profile. */
  facility: z.string(),
  at: z.string()
});
export type Ready = z.infer<typeof Ready>;
