import { Token } from '@lumino/coreutils';
import type { PagedSearch } from '../companion/paged-search.ts';
import type { Image, ImagePage } from '../contract/images.ts';

/** A search for images. Its answers say which repositories were listed, and which could not be. */
export type ImageSearch = PagedSearch<
  { readonly q: string },
  Image,
  Pick<ImagePage, 'problems' | 'repositories'>
>;

/** Finds images in the facility's repositories. */
export interface IImages {
  /** A new search that answers with pages of `rows`. The code is loaded when first wanted. */
  createSearch(rows: number): Promise<ImageSearch>;
}

export const IImages = new Token<IImages>(
  'jupyterlab-panosc:IImages',
  "Finds images in the facility's repositories."
);

/**
 * The name that a job keeps. A tag such as `latest` may lead elsewhere tomorrow: the job gets what it leads to today.
 * A link whose name is a version is as good as that version.
 */
export function lastingRef(
  image: Pick<Image, 'ref' | 'repository' | 'mountPath' | 'version' | 'linkTo'>
): string {
  const root = `/cvmfs/${image.repository}/`;
  const isMoving = image.linkTo !== null && !/\d/.test(image.version ?? '');
  return isMoving && image.mountPath.startsWith(root)
    ? `${image.repository}:/${image.mountPath.slice(root.length)}`
    : image.ref;
}
