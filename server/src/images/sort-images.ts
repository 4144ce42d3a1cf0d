import type { FoundImage } from './layouts/walk.ts';
import { compareVersions, versionKey } from './versions.ts';

/** Lower case and one Unicode form, so that a person's typing finds what a publisher wrote. */
export function folded(text: string): string {
  return text.toLowerCase().normalize('NFC');
}

/** By name, then newest version first; without a version last, then by path. */
export function sortImages(images: readonly FoundImage[]): FoundImage[] {
  const keyed = images.map(image => ({
    image,
    name: folded(image.name),
    version: image.version === null ? null : versionKey(image.version)
  }));
  keyed.sort((a, b) => {
    if (a.name !== b.name) {
      return a.name < b.name ? -1 : 1;
    }
    if (a.version === null || b.version === null) {
      const order = Number(a.version === null) - Number(b.version === null);
      return order || (a.image.path < b.image.path ? -1 : 1);
    }
    const order = compareVersions(b.version, a.version);
    return order || (a.image.path < b.image.path ? -1 : 1);
  });
  return keyed.map(({ image }) => image);
}
