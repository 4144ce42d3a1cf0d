import { PagedSearch } from '../companion/paged-search.ts';
import type { ICompanion } from '../companion/tokens.ts';
import type { ImageSearch } from './tokens.ts';

/** `GET images`, by pages of `pageRows`. */
export function createImageSearch(companion: ICompanion, pageRows: number): ImageSearch {
  return new PagedSearch(companion, { path: 'images', query: { q: '' }, pageRows });
}
