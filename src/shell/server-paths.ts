import { PageConfig } from '@jupyterlab/coreutils';

/** Folder that the file browser's root is, as the Jupyter server tells it: absolute or `~/…`. */
function serverRoot(): string {
  return PageConfig.getOption('serverRoot');
}

/** The companion's name (`~/…` or absolute) of a path in the file browser; null when the root is not told. */
export function toCompanionPath(contentsPath: string, root: string = serverRoot()): string | null {
  const local = contentsPath.slice(contentsPath.indexOf(':') + 1);
  if (root === '' || local === '') {
    return root === '' ? null : root;
  }
  return `${root.replace(/\/+$/, '')}/${local.replace(/^\/+/, '')}`;
}

/** The file browser's name of an absolute path; null when it lies outside of its root. */
export function toContentsPath(
  absolute: string,
  home: string,
  root: string = serverRoot()
): string | null {
  const base = (root === '~' || root.startsWith('~/') ? home + root.slice(1) : root).replace(
    /\/+$/,
    ''
  );
  if (absolute === base) {
    return '';
  }
  return root !== '' && absolute.startsWith(`${base}/`) ? absolute.slice(base.length + 1) : null;
}

/** `~/data` for `/home/alice/data`: the way people write it. */
export function shortPath(absolute: string, home: string): string {
  const isInside = home !== '' && (absolute === home || absolute.startsWith(`${home}/`));
  return isInside ? `~${absolute.slice(home.length)}` : absolute;
}
