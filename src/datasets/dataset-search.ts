import { PagedSearch } from '../companion/paged-search.ts';
import type { ICompanion } from '../companion/tokens.ts';
import type { Dataset } from '../contract/datasets.ts';

/** As long as a `DatasetQuery` may be. */
export const MAX_TEXT_LENGTH = 500;

/** A search in the catalogues. `to` is the folder that "fits" is answered for; undefined is the profile's own. */
export type DatasetSearch = PagedSearch<
  { readonly q: string; readonly to?: string | undefined },
  Dataset
>;

/** `GET datasets`, by pages of `pageRows`. */
export function createDatasetSearch(companion: ICompanion, pageRows: number): DatasetSearch {
  return new PagedSearch(companion, { path: 'datasets', query: { q: '' }, pageRows });
}
