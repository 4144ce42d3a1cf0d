import type { CallContext } from '../core/call-context.ts';
import type { StoreProfile } from '../facility/profile.ts';

/** A checksum that a facility published for a file. */
export interface ExpectedChecksum {
  readonly algorithm: 'md5' | 'sha1' | 'sha256' | 'sha512' | 'adler32';
  /** Lower-case hex. */
  readonly value: string;
  /** In words: `SHA256SUMS`, `header Repr-Digest`. */
  readonly source: string;
}

/** One file to fetch to one place. */
export interface PullFile {
  readonly url: URL;
  /** Absolute final path; its folder exists and lies under an allowed root. */
  readonly target: string;
  readonly sizeBytes: number | null;
  readonly checksum: ExpectedChecksum | null;
  /** Response header to take the checksum from when none is known before. */
  readonly checksumHeader: string | null;
  /** What an earlier pull left in this place without a checksum. */
  readonly sent?: SentFile | null;
}

/** A finished file that no checksum judges: what tells it from the next version at the store, and from a changed one here. */
export interface SentFile {
  readonly url: string;
  /** Strong ETag or Last-Modified. */
  readonly validator: string;
  readonly sizeBytes: number;
  /** Time of its last change on this disk, in nanoseconds since the epoch. */
  readonly modifiedNs: string;
}

/** How one file ended. A failure is a thrown ProblemError, never one of these. */
export interface PullResult {
  readonly bytes: number;
  readonly state: 'verified' | 'as-sent';
  readonly checksum: ExpectedChecksum | null;
  /** It was on this disk before, and nothing was fetched. */
  readonly wasHere?: boolean;
  /** What to know of it at the next pull to this place. */
  readonly sent?: SentFile | null;
}

/** What a backend can do; the service and the panel read this and never switch on a kind. */
export interface TransferFeatures {
  /** Goes on inside a file after a restart. */
  readonly resumesInFile: boolean;
  /** Goes on while nobody is here. */
  readonly survivesSession: boolean;
  readonly schemes: readonly string[];
}

/** Moves the bytes of one file. `onProgress` gets bytes that are safely counted, at most ten times a second. */
export interface TransferBackend {
  readonly features: TransferFeatures;
  /**
   * Fetches, resumes or recognises the file. Repeating it after a crash goes on where it was.
   * Aborting `call.signal` keeps what was fetched for the next attempt.
   */
  pull(
    store: StoreProfile,
    file: PullFile,
    call: CallContext,
    onProgress: (bytes: number) => void
  ): Promise<PullResult>;
  /** Hashes the file on disk against the checksum: the same answer as `pull`, without fetching. */
  verify(file: PullFile, call: CallContext): Promise<PullResult>;
  /** Bytes of an unfinished pull that the next one will not fetch again. */
  bytesHere(file: PullFile): number;
  /** Removes what an unfinished pull left beside the target. */
  discard(file: PullFile): Promise<void>;
}
