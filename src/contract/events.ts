import type { Job } from './jobs.ts';
import type { SigninState } from './signin.ts';
import type { Transfer } from './transfers.ts';

/**
 * What `GET /v1/events` (server-sent events) carries. The SSE `event:` field is the key,
 * `data:` the JSON value, `id:` the sequence number for `Last-Event-ID`.
 * `hello` is always first; `reset` says that the missed events are gone: load everything again.
 */
export interface EventMap {
  hello: { version: string; contract: number };
  reset: Record<string, never>;
  transfer: Transfer;
  'transfer-removed': { id: string };
  job: Job;
  'job-removed': { id: string };
  signin: SigninState;
  facility: { id: string | null };
}
export type EventName = keyof EventMap;
