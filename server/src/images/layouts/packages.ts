import type { CvmfsEntry } from '../cvmfs/port.ts';
import { hasImageEnding, nameOfFile, withoutEnding } from '../naming.ts';
import { below, type Layout, type Walk } from './walk.ts';

const architectures = /^(x86_64|amd64|aarch64|arm64|ppc64(le)?|riscv64|s390x|noarch|any)$/;
/** Entries of a version folder that are looked at: a conda tree has thousands below, few at its top. */
const MAX_VERSION_ENTRIES = 300;

const isVisible = (entry: CvmfsEntry): boolean => !entry.name.startsWith('.');

async function subfolders(walk: Walk, path: string): Promise<CvmfsEntry[]> {
  const entries = await walk.list(path);
  return entries.filter(entry => entry.type === 'dir' && isVisible(entry));
}

/** Folders that hold package names. The root may be the packages folder, one system or one architecture of it. */
async function packageFolders(walk: Walk, root: string): Promise<string[]> {
  if (architectures.test(root.slice(root.lastIndexOf('/') + 1))) {
    return [root];
  }
  const children = await subfolders(walk, root);
  if (children.some(child => architectures.test(child.name))) {
    return children.filter(child => architectures.test(child.name)).map(child => child.path);
  }
  const found: string[] = [];
  for (const system of children) {
    if (walk.mayEnter(system)) {
      const inside = await subfolders(walk, system.path);
      found.push(
        ...inside.filter(child => architectures.test(child.name)).map(child => child.path)
      );
    } else {
      walk.leaveOut();
    }
  }
  return found;
}

interface VersionEntry {
  readonly name: string;
  readonly version: string;
  /** The folder or file as people see it: perhaps a link such as `latest`. */
  readonly shown: CvmfsEntry;
  /** Where it really lies. */
  readonly real: CvmfsEntry;
}

/** The images of one version: `<name>.sif` first, every other image beside it under its own name. */
async function addVersion(walk: Walk, { name, version, shown, real }: VersionEntry): Promise<void> {
  const linkTo = shown.type === 'link' ? shown.linkTarget : null;
  if (real.type === 'file') {
    if (hasImageEnding(real.name)) {
      walk.add(real, { name, version: withoutEnding(version) }, { path: shown.path, linkTo });
    }
    return;
  }
  if (!walk.mayEnter(real)) {
    walk.leaveOut();
    return;
  }
  const entries = await walk.list(real.path, MAX_VERSION_ENTRIES);
  if (entries.some(entry => entry.name === '.singularity.d')) {
    walk.add(real, { name, version }, { path: shown.path, linkTo });
    return;
  }
  let images = entries.filter(entry => hasImageEnding(entry.name));
  if (images.length === 0 && entries.length >= MAX_VERSION_ENTRIES) {
    const image = await walk.stat(below(real.path, `${name}.sif`));
    images = image === null ? [] : [image];
  }
  for (const image of images) {
    const stem = withoutEnding(image.name);
    const path = below(shown.path, image.name);
    const end = image.type === 'link' ? await walk.resolve(image.path) : image;
    if (end !== null) {
      const target = image.type === 'link' ? image.linkTarget : linkTo;
      walk.add(end, { name: stem, version }, { path, linkTo: target });
    }
  }
}

async function addPackage(walk: Walk, folder: CvmfsEntry): Promise<void> {
  if (!walk.mayEnter(folder)) {
    walk.leaveOut();
    return;
  }
  for (const shown of (await walk.list(folder.path)).filter(isVisible)) {
    const real = shown.type === 'link' ? await walk.resolve(shown.path) : shown;
    if (real !== null) {
      await addVersion(walk, { name: folder.name, version: shown.name, shown, real });
    }
  }
}

/** Module files lie in a tree beside the packages; its `default` link names the version that the site wants used. */
async function addDefault(walk: Walk, packagePath: string, since: number): Promise<void> {
  const link = await walk.stat(below(packagePath.replace('/packages/', '/modules/'), 'default'));
  const version = link?.type === 'link' ? link.linkTarget?.split('/').at(-1) : undefined;
  if (link === null || version === undefined) {
    return;
  }
  const image = walk.images
    .slice(since)
    .find(found => found.version === version && found.linkTo === null);
  if (image !== undefined) {
    walk.images.push({ ...image, path: link.path, version: 'default', linkTo: version });
  }
}

/** ESRF: `<system>/<architecture>/<name>/<version>/<name>.sif`, between many packages that are no images. */
export const packages: Layout = async (walk, root) => {
  for (const folder of await packageFolders(walk, root)) {
    const hasModules =
      folder.includes('/packages/') &&
      (await walk.stat(folder.replace('/packages/', '/modules/'))) !== null;
    for (const entry of (await walk.list(folder)).filter(isVisible)) {
      const since = walk.images.length;
      if (entry.type === 'dir') {
        await addPackage(walk, entry);
      } else if (entry.type === 'file' && hasImageEnding(entry.name)) {
        walk.add(entry, nameOfFile(entry.name));
      }
      if (hasModules && walk.images.length > since) {
        await addDefault(walk, entry.path, since);
      }
    }
  }
};
