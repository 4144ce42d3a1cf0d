import type { Image, ImageDetail, Page, RepositoryState } from '#contract';
import type { CallContext } from '../core/call-context.ts';
import type { Clock } from '../core/clock.ts';
import type { Fetch } from '../core/http-client.ts';
import type { Log } from '../core/log.ts';

/** A place that images are published in. Methods reject with a ProblemError; nothing unverified is ever listed. */
export interface ImageSource {
  readonly repository: string;
  readonly title: string;
  /** Images whose name, path or version contain every word of `text`, sorted by name, then version (newest first). A limit of 0 gives the state alone. */
  list(
    text: string,
    cursor: string | undefined,
    limit: number,
    call: CallContext
  ): Promise<Page<Image> & { state: RepositoryState }>;
  /** Throws `image-not-found`, `image-not-readable`, `path-not-allowed`. */
  get(path: string, call: CallContext): Promise<ImageDetail>;
  /** Ends what is under way. */
  close(): void;
}

/** What an adapter is made from, beside its part of the profile. */
export interface ImageSourceParts {
  /** Folder for caches. */
  readonly cacheDir: string;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly log: Log;
  /** Absolute path of a file that the profile names relative to itself. */
  readonly resolveFile: (name: string) => string;
}
