/** What a path says about an image. */
export interface ImageName {
  readonly name: string;
  readonly version: string | null;
}

const imageEnding = /\.(sif|simg|sqfs|squashfs|img)$/i;
/** Endings of files that lie beside images and are none. */
const otherEnding =
  /\.(txt|md|rst|json|ya?ml|toml|ini|conf|sh|bash|csh|fish|py|lua|tcl|log|html?|pdf|png|jpe?g|svg|def|recipe|sha\d+|md5|asc|sig|pub|pem|xml|csv|zip|gz|xz|bz2|tar|tgz|whl|so|a|h|c)$/i;
const otherName = /^(readme|licen[cs]e|changelog|copying|notice|dockerfile|singularity|makefile)/i;
/** Bytes before the data of a SIF with the usual 48 slots: a shorter file of an unknown kind is none. */
const SMALLEST_SIF_BYTES = 32_176;

/** True when the name alone says that this wants to be an image. */
export function hasImageEnding(name: string): boolean {
  return imageEnding.test(name);
}

/** True for a file that may be an image. Galaxy's have no ending, so those go by their size. */
export function mayBeImage(name: string, sizeBytes: number): boolean {
  if (name.startsWith('.')) {
    return false;
  }
  return (
    hasImageEnding(name) ||
    (sizeBytes >= SMALLEST_SIF_BYTES && !otherEnding.test(name) && !otherName.test(name))
  );
}

/** A file or folder name without its image ending. */
export function withoutEnding(name: string): string {
  return name.replace(imageEnding, '');
}

/** `name:tag`, as registries write it. */
export function nameOfTag(text: string): ImageName {
  const colon = text.lastIndexOf(':');
  return colon <= 0
    ? { name: text, version: null }
    : { name: text.slice(0, colon), version: text.slice(colon + 1) };
}

/** `name_version.sif`, `name-version.sif`, `name:version`. */
export function nameOfFile(fileName: string): ImageName {
  const stem = withoutEnding(fileName);
  if (stem.includes(':')) {
    return nameOfTag(stem);
  }
  const match = /^(.+?)[-_]v?(\d[\w.+-]*|latest)$/s.exec(stem);
  return match === null
    ? { name: stem, version: null }
    : { name: match[1] ?? stem, version: match[2] ?? null };
}

/** `name_version_yyyymmdd`; null for other names. */
export function nameOfDated(text: string): ImageName | null {
  const match = /^(.+)_([^_]+)_\d{8}$/s.exec(text);
  return match === null ? null : { name: match[1] ?? text, version: match[2] ?? null };
}
