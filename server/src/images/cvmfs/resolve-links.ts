import { problem } from '../../core/problem.ts';
import type { CvmfsEntry } from './port.ts';

/** Links that are followed on the way to one path; Linux has the same limit. */
const MAX_LINKS = 40;

/** `$(NAME)` and `$(NAME:-default)`: the FUSE client asks its environment; over HTTP only the default is there. */
function withDefaults(target: string): string {
  return target.replaceAll(/\$\(([^():$]*)(?::-([^()$]*))?\)/g, (_, __, fallback: unknown) =>
    typeof fallback === 'string' ? fallback : ''
  );
}

function leaves(path: string): Error {
  return problem(
    'path-not-allowed',
    `${path.toWellFormed()} is a link that leads out of the repository. It is not followed.`
  );
}

/**
 * Follows the links on the way to a path by hand. `stat` looks at one path without following anything.
 *
 * Throws `path-not-allowed` where a link leaves the repository or there are too many, `image-not-found` where a path ends nowhere.
 */
export async function resolveLinks(
  components: readonly string[],
  fqrn: string,
  stat: (components: readonly string[]) => Promise<CvmfsEntry | null>
): Promise<CvmfsEntry> {
  const wanted = `/${components.join('/')}`;
  // Catalogs hold no entry below a link: what is found at once needs no walk.
  const direct = await stat(components);
  if (direct !== null && direct.type !== 'link') {
    return direct;
  }
  const done: string[] = [];
  const todo = [...components];
  let links = 0;
  let entry = direct;
  for (let part = todo.shift(); part !== undefined; part = todo.shift()) {
    if (part === '' || part === '.') {
      continue;
    }
    if (part === '..') {
      if (done.pop() === undefined) {
        throw leaves(wanted);
      }
      continue;
    }
    done.push(part);
    entry = await stat(done);
    if (entry === null || (todo.length > 0 && entry.type !== 'link' && entry.type !== 'dir')) {
      throw notFound(wanted, fqrn);
    }
    if (entry.type !== 'link') {
      continue;
    }
    links += 1;
    if (links > MAX_LINKS) {
      throw problem(
        'path-not-allowed',
        `${wanted.toWellFormed()} leads through more than ${MAX_LINKS} links, perhaps in a circle.`
      );
    }
    done.pop();
    todo.unshift(...partsOfTarget(entry, fqrn, done));
  }
  const end = await stat(done);
  if (end === null) {
    throw notFound(wanted, fqrn);
  }
  return end;
}

/** Components of a link's target, relative to the folder of the link; empties `done` for an absolute one. */
function partsOfTarget(link: CvmfsEntry, fqrn: string, done: string[]): string[] {
  const target = withDefaults(link.linkTarget ?? '');
  if (target === '') {
    throw notFound(link.path, fqrn);
  }
  if (!target.startsWith('/')) {
    return target.split('/');
  }
  const root = `/cvmfs/${fqrn}`;
  if (target !== root && !target.startsWith(`${root}/`)) {
    throw leaves(link.path);
  }
  done.length = 0;
  return target.slice(root.length).split('/');
}

/** The problem for a path that is not in the repository. */
export function notFound(path: string, fqrn: string): Error {
  return problem('image-not-found', `There is no ${path.toWellFormed()} in ${fqrn}.`);
}
