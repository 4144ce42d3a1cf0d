import type { ExpectedChecksum } from '../port.ts';
import type { JobProxy } from './job-proxy.ts';
import type { RateMemory } from './rate-limit.ts';

/** What a thread of the puller is born with. */
export interface PullerData {
  readonly role: 'puller';
  readonly rate: RateMemory;
}

/** One request for bytes of the partial file. Plain data: it crosses to a worker thread. */
export interface RangeJob {
  readonly kind: 'range';
  readonly id: number;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly partFile: string;
  /** Null asks for the whole file in one stream: for stores without ranges. */
  readonly range: ByteRange | null;
  /** Null where the store does not say it. */
  readonly sizeBytes: number | null;
  /** What the answer must carry if it carries one; for a range it is in `If-Range` too. */
  readonly validator: string | null;
  /** PEM of the only certificate authorities that are trusted; null for the usual ones. */
  readonly ca: string | null;
  /** What stands between here and the store. */
  readonly proxy: JobProxy | null;
  /** Hardly a byte for this long is a failure. */
  readonly idleMs: number;
}

/** First and last byte, both included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** Hash the file from where this hash stands to `upTo`; `isLast` asks for the digest. */
export interface HashJob {
  readonly kind: 'hash';
  readonly id: number;
  readonly file: string;
  readonly algorithm: ExpectedChecksum['algorithm'];
  readonly upTo: number;
  readonly isLast: boolean;
}

export interface CancelJob {
  readonly kind: 'cancel';
  readonly id: number;
}

export type ToWorker = RangeJob | HashJob | CancelJob;

/** Why a range failed; the owner decides what it means. */
export type RangeFailure =
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter: string | null }
  | { readonly kind: 'changed' }
  | { readonly kind: 'no-ranges' }
  | { readonly kind: 'garbled'; readonly text: string }
  | { readonly kind: 'network'; readonly text: string }
  /** The text is a sentence that names the proxy. */
  | { readonly kind: 'proxy'; readonly text: string; readonly isTransient: boolean }
  | { readonly kind: 'disk'; readonly code: string };

export type FromWorker =
  | { readonly kind: 'bytes'; readonly id: number; readonly count: number }
  | { readonly kind: 'done'; readonly id: number }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: RangeFailure }
  | { readonly kind: 'hashed'; readonly id: number; readonly digest: string | null };

/** What a fetching thread is told while bytes arrive. */
export interface FetchHooks<Instead = never> {
  /** Bytes that were written, in their order from the first one on. */
  readonly onBytes: (count: number) => void;
  readonly onEnd: (failure: RangeFailure | Instead | null) => void;
}
