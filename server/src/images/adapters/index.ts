import type { RepositoryProfile } from '../../facility/profile.ts';
import type { ImageSource, ImageSourceParts } from '../port.ts';
import { CvmfsHttpSource } from './cvmfs-http.ts';

type Adapter = (profile: RepositoryProfile, parts: ImageSourceParts) => ImageSource;

/** One line an adapter; the key is the profile's `kind`. */
export const imageSources: Readonly<Record<RepositoryProfile['kind'], Adapter>> = {
  'cvmfs-http': (profile, parts) => new CvmfsHttpSource(profile, parts)
};
