import { realpathSync } from 'node:fs';
import path from 'node:path';
import { problem } from './problem.ts';

/** `~/x` and relative paths start at the home folder; the result is absolute and has no `..`. */
export function expandHome(text: string, home: string): string {
  if (text.includes('\0')) {
    throw problem('path-not-allowed', 'The folder name contains a zero byte.');
  }
  const rest = text === '~' ? '' : text.startsWith('~/') ? text.slice(2) : text;
  return path.resolve(home, rest);
}

/** Real path of the longest part that exists, with the rest appended. */
export function realPathOfExistingPart(absolute: string): string {
  let head = absolute;
  const rest: string[] = [];
  for (;;) {
    try {
      return path.join(realpathSync(head), ...rest);
    } catch {
      const parent = path.dirname(head);
      if (parent === head) {
        return absolute;
      }
      rest.unshift(path.basename(head));
      head = parent;
    }
  }
}

/** True when `inner` is `root` or lies below it; both absolute. */
export function isInside(inner: string, root: string): boolean {
  const relative = path.relative(root, inner);
  return (
    relative === '' ||
    (!relative.startsWith(`..${path.sep}`) && relative !== '..' && !path.isAbsolute(relative))
  );
}
