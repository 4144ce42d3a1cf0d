import { createHash } from 'node:crypto';
import path from 'node:path';
import { expandHome, isInside, realPathOfExistingPart } from '../core/paths.ts';
import { problem } from '../core/problem.ts';
import type { Profile, StoreProfile } from '../facility/profile.ts';
import { fileNameOf, segmentsOf } from './file-name.ts';

/** Longest name that is offered: it is read in narrow panels, and typed. */
const NAME_LENGTH = 40;
const TAIL_LENGTH = 10;

/** Letters, digits, dots, dashes; never hidden. */
function clean(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
}

/** As many of the words as fit, joined by dashes; a first word that is too long is cut. */
function wordsThatFit(words: readonly string[], length: number): readonly string[] {
  const [first = ''] = words;
  const fitting = [first.slice(0, length)];
  let used = first.length;
  for (const word of words.slice(1)) {
    used += 1 + word.length;
    if (used > length) {
      break;
    }
    fitting.push(word);
  }
  return fitting;
}

/** The last words of a PID or title: what tells it from its siblings, such as a number or a date. */
function lastWords(text: string): string {
  const words = clean(text).split('-').reverse();
  const [last = ''] = words;
  return last.length > TAIL_LENGTH
    ? clean(last.slice(-TAIL_LENGTH))
    : [...wordsThatFit(words, TAIL_LENGTH)].reverse().join('-');
}

/**
 * A folder name made of a title: never hidden, never empty. One that is too long is cut at a word and keeps the
 * end of `id`, so that long titles that begin alike keep apart.
 */
export function folderNameOf(title: string, id: string = title): string {
  const name = clean(title);
  if (name.length <= NAME_LENGTH) {
    return name === '' ? 'dataset' : name;
  }
  const tail = lastWords(id);
  const head = wordsThatFit(name.split('-'), NAME_LENGTH - 1 - tail.length).join('-');
  return clean(`${head}-${tail}`);
}

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
