import path from 'node:path';
import { expandHome, isInside, realPathOfExistingPart } from '../core/paths.ts';
import { problem } from '../core/problem.ts';
import type { Profile } from '../facility/profile.ts';

/** A folder name made of a title or PID: letters, digits, dots, dashes; never hidden, never empty. */
export function folderNameOf(text: string): string {
  const name = text
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 80);
  return name === '' ? 'dataset' : name;
}

/** Where a pull goes and the allowed root that it lies in. Throws `path-not-allowed`. */
export function destinationOf(
  to: string | undefined,
  name: string,
  profile: Profile,
  home: string
): { to: string; root: string } {
  const folder =
    to === undefined
      ? path.join(expandHome(profile.transfers.default_target, home), folderNameOf(name))
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
