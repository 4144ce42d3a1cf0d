import type { Fetch } from '../../core/http-client.ts';
import type { CatalogueProfile } from '../../facility/profile.ts';
import type { Catalogue } from '../port.ts';
import { PanoscSearch } from './panosc-search.ts';

type Adapter = (profile: CatalogueProfile, fetchImpl: Fetch) => Catalogue;

/** One line an adapter; the key is the profile's `kind`. */
export const catalogues: Readonly<Record<CatalogueProfile['kind'], Adapter>> = {
  'panosc-search': (profile, fetchImpl) => new PanoscSearch(profile, fetchImpl)
};
