import type { CvmfsEntry } from '../cvmfs/port.ts';
import { hasImageEnding, mayBeImage, nameOfFile } from '../naming.ts';
import { below, type Layout, type Walk } from './walk.ts';

/** Catalogs kept for the layouts of other roots. */
const RESERVE = 180;

/** A folder is an image when its name says so or when it has Apptainer's folder in it. */
async function isSandbox(walk: Walk, folder: CvmfsEntry): Promise<boolean> {
  if (hasImageEnding(folder.name)) {
    return true;
  }
  if (!walk.mayEnter(folder, RESERVE)) {
    walk.leaveOut();
    return false;
  }
  return (await walk.stat(below(folder.path, '.singularity.d'))) !== null;
}

/** All images in one folder: `name_version.sif`, `name:version`, sandbox folders, links to either. */
export const flat: Layout = async (walk, root) => {
  for (const entry of await walk.list(root)) {
    if (walk.isFull) {
      return;
    }
    if (entry.name.startsWith('.')) {
      continue;
    }
    if (entry.type === 'link') {
      const end = await walk.resolve(entry.path);
      const isImage =
        end !== null &&
        (end.type === 'dir' ? await isSandbox(walk, end) : mayBeImage(end.name, end.sizeBytes));
      if (isImage) {
        walk.add(end, nameOfFile(entry.name), { path: entry.path, linkTo: entry.linkTarget });
      }
    } else if (
      entry.type === 'file'
        ? mayBeImage(entry.name, entry.sizeBytes)
        : entry.type === 'dir' && (await isSandbox(walk, entry))
    ) {
      walk.add(entry, nameOfFile(entry.name));
    }
  }
};
