import { createHash } from 'node:crypto';
import path from 'node:path';
import { folderNameOf } from '#contract';
import { expandHome, isInside, realPathOfExistingPart } from '../core/paths.ts';
import { problem } from '../core/problem.ts';
import type { Profile, StoreProfile } from '../facility/profile.ts';
import { fileNameOf, segmentsOf } from './file-name.ts';

/**
 * A folder name for a file that is pulled by its address: the folders that it lies in at the store, so that two
 * files of one name from different places do not meet. A file at the top of the store gets its own name.
 */
export function folderNameOfAddress(url: URL, store: Pick<StoreProfile, 'url'>): string {
  const depth = new URL(store.url).pathname.split('/').filter(segment => segment !== '').length;
  const folders = segmentsOf(url).slice(depth, -1).join('/');
  const digest = createHash('sha256').update(folders).digest('hex').slice(0, 6);
  return folderNameOf(folders === '' ? fileNameOf(url) : folders, digest);
}

/** Where a pull goes and the allowed root that it lies in. Throws `path-not-allowed`. */
export function destinationOf(
  to: string | undefined,
  folderName: string,
  profile: Profile,
  home: string
): { to: string; root: string } {
  const folder =
    to === undefined
      ? path.join(expandHome(profile.transfers.default_target, home), folderName)
      : expandHome(to, home);
  const roots = profile.transfers.roots.map(root => expandHome(root, home));
  const real = realPathOfExistingPart(folder);
  const root = roots.find(candidate => isInside(real, realPathOfExistingPart(candidate)));
  if (root === undefined) {
    throw problem(
      'path-not-allowed',
      `Pulls may not write into ${folder}. Choose a folder below ${roots.join(' or ')}.`
    );
  }
  return { to: folder, root };
}
