import type { RepositoryProfile } from '../facility/profile.ts';
import { ProblemError } from '../core/problem.ts';
import type { CvmfsRepository } from './cvmfs/port.ts';
import { dated } from './layouts/dated.ts';
import { flat } from './layouts/flat.ts';
import { packages } from './layouts/packages.ts';
import { tagged, unpacked } from './layouts/tags.ts';
import { sortImages } from './sort-images.ts';
import { Walk, type FoundImage, type Layout } from './layouts/walk.ts';

type Roots = RepositoryProfile['roots'];

/** All images below the roots of a repository, sorted as people see them, and what was left out. */
export interface Discovery {
  readonly images: readonly FoundImage[];
  readonly warnings: readonly string[];
}

/** One line a layout; the key is the profile's `layout`. */
const layouts: Readonly<Record<Roots[number]['layout'], Layout>> = {
  packages,
  unpacked,
  tagged,
  dated,
  flat
};

/** A tag such as `latest` is shown as the version that it stands for, where another tag says which that is. */
function withTagTargets(images: readonly FoundImage[]): FoundImage[] {
  const versions = new Map<string, string>();
  const key = (image: FoundImage): string => JSON.stringify([image.name, image.target]);
  for (const image of images) {
    if (image.version !== null && /\d/.test(image.version)) {
      versions.set(key(image), image.version);
    }
  }
  return images.map(image => {
    const isNamed = image.linkTo !== null && image.version !== null && !/\d/.test(image.version);
    const version = isNamed ? versions.get(key(image)) : undefined;
    return version === undefined ? image : { ...image, linkTo: version };
  });
}

/**
 * Finds the images of a repository by the layouts of its roots: known depths, no crawl, and a bound on the
 * catalogs that are loaded. A root that does not exist is a warning; anything that cannot be trusted ends it.
 */
export async function discover(
  repository: CvmfsRepository,
  roots: Roots,
  signal: AbortSignal
): Promise<Discovery> {
  const walk = new Walk(repository, signal);
  const missing: string[] = [];
  for (const root of roots) {
    const path = root.path.replace(/(?<=.)\/+$/, '');
    try {
      await layouts[root.layout](walk, path);
    } catch (error) {
      if (!(error instanceof ProblemError) || error.slug !== 'image-not-found') {
        throw error;
      }
      missing.push(`The folder ${root.path} of the facility profile does not exist.`);
    }
  }
  const unique = new Map(walk.images.map(image => [image.path, image]));
  return {
    images: sortImages(withTagTargets([...unique.values()])),
    warnings: [...missing, ...walk.warnings]
  };
}
