import type { Image, ImageDetail, Page, RepositoryState } from '#contract';
import type { CallContext } from '../core/call-context.ts';

/** A place that images are published in. Methods reject with a ProblemError; nothing unverified is ever listed. */
export interface ImageSource {
  readonly repository: string;
  readonly title: string;
  /** Images whose name, path or version contain every word of `text`, sorted by name, then version (newest first). */
  list(
    text: string,
    cursor: string | undefined,
    limit: number,
    call: CallContext
  ): Promise<Page<Image> & { state: RepositoryState }>;
  /** Throws `image-not-found`, `image-not-readable`, `path-not-allowed`. */
  get(path: string, call: CallContext): Promise<ImageDetail>;
}
