import type { CvmfsEntry } from '../cvmfs/port.ts';
import { hasImageEnding, nameOfDated, nameOfFile, withoutEnding } from '../naming.ts';
import { below, type Layout, type Walk } from './walk.ts';

/** A catalog of such a folder holds a whole root file system: after a few, the name is believed. */
const RESERVE = 180;
const endings = ['simg', 'sif'];

async function addFolder(walk: Walk, folder: CvmfsEntry): Promise<void> {
  const name = nameOfDated(folder.name);
  if (!walk.mayEnter(folder, RESERVE)) {
    if (name === null) {
      walk.leaveOut();
      return;
    }
    const path = below(folder.path, `${folder.name}.simg`);
    walk.add({ ...folder, path }, name);
    return;
  }
  for (const ending of endings) {
    const image = await walk.stat(below(folder.path, `${folder.name}.${ending}`));
    if (image !== null) {
      walk.add(image, name ?? nameOfFile(image.name));
      return;
    }
  }
}

/** NeuroDesk: `<name>_<version>_<yyyymmdd>/<same>.simg`, where the image is a folder or a file. */
export const dated: Layout = async (walk, root) => {
  for (const entry of await walk.list(root)) {
    if (entry.name.startsWith('.')) {
      continue;
    }
    if (hasImageEnding(entry.name)) {
      const name = nameOfDated(withoutEnding(entry.name)) ?? nameOfFile(entry.name);
      await (entry.type === 'link' ? walk.addLink(entry, name) : walk.add(entry, name));
    } else if (entry.type === 'dir') {
      await addFolder(walk, entry);
    }
  }
};
