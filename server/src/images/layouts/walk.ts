import { cleanText } from '../../core/clean-text.ts';
import { ProblemError } from '../../core/problem.ts';
import type { CvmfsEntry, CvmfsRepository } from '../cvmfs/port.ts';
import type { ImageName } from '../naming.ts';

/** An image as discovery finds it, before anything is read from it. */
export interface FoundImage extends ImageName {
  /** Where people see it; a link is not resolved here. */
  readonly path: string;
  /** Where it really lies. */
  readonly target: string;
  readonly kind: 'sif' | 'sandbox';
  readonly sizeBytes: number | null;
  readonly mtimeMs: number;
  readonly linkTo: string | null;
}

/** How images lie below a root. A layout knows its depth: there is no crawl. */
export type Layout = (walk: Walk, root: string) => Promise<void>;

/** Nested catalogs that one discovery may load: each costs a request, and some are megabytes. */
const MAX_NESTED_CATALOGS = 200;
const MAX_IMAGES = 200_000;
const MAX_NAME_CHARS = 200;
const MAX_LINK_CHARS = 300;
const PAGE = 20_000;

/** The bounded way through a repository that layouts use. */
export class Walk {
  readonly images: FoundImage[] = [];
  readonly #repository: CvmfsRepository;
  readonly #signal: AbortSignal;
  #nestedLeft = MAX_NESTED_CATALOGS;
  #foldersLeftOut = 0;
  #hasTooMany = false;

  constructor(repository: CvmfsRepository, signal: AbortSignal) {
    this.#repository = repository;
    this.#signal = signal;
  }

  /** Sentences about what was not looked at. */
  get warnings(): string[] {
    const lines: string[] = [];
    if (this.#foldersLeftOut > 0) {
      lines.push(
        `${this.#foldersLeftOut} folders were not searched for images, to keep the number of downloads small.`
      );
    }
    if (this.#hasTooMany) {
      lines.push(`Only the first ${MAX_IMAGES} images are listed.`);
    }
    return lines;
  }

  get isFull(): boolean {
    return this.#hasTooMany;
  }

  /** True when looking into this folder is within the budget; takes from it when that loads a catalog. */
  mayEnter(folder: CvmfsEntry, reserve = 0): boolean {
    if (!folder.isNestedMount) {
      return true;
    }
    if (this.#nestedLeft <= reserve) {
      return false;
    }
    this.#nestedLeft -= 1;
    return true;
  }

  /** Counts a folder that was passed over. */
  leaveOut(): void {
    this.#foldersLeftOut += 1;
  }

  /** Visible entries of a folder, sorted by name. Throws when the root is not there. */
  async list(path: string, limit = Number.POSITIVE_INFINITY): Promise<CvmfsEntry[]> {
    const found: CvmfsEntry[] = [];
    let after: string | undefined;
    for (;;) {
      const page = await this.#repository.readdir(path, {
        limit: Math.min(PAGE, limit - found.length),
        signal: this.#signal,
        ...(after === undefined ? {} : { after })
      });
      for (const entry of page.entries) {
        if (!entry.hidden) {
          found.push(entry);
        }
      }
      after = page.entries.at(-1)?.name;
      if (!page.more || after === undefined || found.length >= limit || found.length > MAX_IMAGES) {
        return found;
      }
    }
  }

  async stat(path: string): Promise<CvmfsEntry | null> {
    return await this.#repository.stat(path, this.#signal);
  }

  /** Where a link ends; null when it ends nowhere or leaves the repository. */
  async resolve(path: string): Promise<CvmfsEntry | null> {
    try {
      return await this.#repository.resolve(path, this.#signal);
    } catch (error) {
      if (
        error instanceof ProblemError &&
        (error.slug === 'image-not-found' || error.slug === 'path-not-allowed')
      ) {
        return null;
      }
      throw error;
    }
  }

  /** Notes an image: `entry` is what really lies there, `path` and `linkTo` how people get to it. */
  add(
    entry: CvmfsEntry,
    { name, version }: ImageName,
    link: { path: string; linkTo: string | null } = { path: entry.path, linkTo: null }
  ): void {
    if (this.images.length >= MAX_IMAGES) {
      this.#hasTooMany = true;
      return;
    }
    if (entry.type !== 'file' && entry.type !== 'dir') {
      return;
    }
    this.images.push({
      path: link.path,
      target: entry.path,
      kind: entry.type === 'file' ? 'sif' : 'sandbox',
      name: cleanText(name, MAX_NAME_CHARS),
      version: version === null ? null : cleanText(version, MAX_NAME_CHARS),
      sizeBytes: entry.type === 'file' ? entry.sizeBytes : null,
      mtimeMs: entry.mtimeMs,
      linkTo: link.linkTo === null ? null : cleanText(link.linkTo, MAX_LINK_CHARS)
    });
  }

  /** Notes the image that a link leads to, if there is one. */
  async addLink(link: CvmfsEntry, name: ImageName): Promise<void> {
    const end = await this.resolve(link.path);
    if (end !== null) {
      this.add(end, name, { path: link.path, linkTo: link.linkTarget });
    }
  }
}

/** `folder/name` for any folder, also the root. */
export function below(folder: string, name: string): string {
  return folder === '/' || folder === '' ? `/${name}` : `${folder}/${name}`;
}
