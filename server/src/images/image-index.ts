import type { Image, Page } from '#contract';
import { isoTime } from '../core/clock.ts';
import { problem } from '../core/problem.ts';
import type { FoundImage } from './layouts/walk.ts';
import { folded } from './sort-images.ts';

interface Position {
  readonly rootHash: string;
  readonly at: number;
  readonly lastPath: string;
}

function writePosition(position: Position): string {
  const { rootHash, at, lastPath } = position;
  return Buffer.from(JSON.stringify([rootHash.slice(0, 12), at, lastPath])).toString('base64url');
}

function readPosition(cursor: string): Position {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(parsed)) {
      const [rootHash, at, lastPath] = parsed as unknown[];
      if (
        typeof rootHash === 'string' &&
        Number.isSafeInteger(at) &&
        Number(at) >= 0 &&
        typeof lastPath === 'string'
      ) {
        return { rootHash, at: Number(at), lastPath };
      }
    }
  } catch {
    // Falls through to the problem.
  }
  throw problem('bad-request', 'This page of the list does not exist. Search again.');
}

/** The images of one revision of a repository, in memory, in the order in which they are given. */
export class ImageIndex {
  readonly images: readonly FoundImage[];
  readonly #fqrn: string;
  readonly #rootHash: string;
  #searchTexts: readonly string[] | null = null;
  #places: ReadonlyMap<string, number> | null = null;
  #targets: ReadonlyMap<string, number> | null = null;

  constructor(fqrn: string, rootHash: string, images: readonly FoundImage[]) {
    this.#fqrn = fqrn;
    this.#rootHash = rootHash;
    this.images = images;
  }

  /** Images that contain every word of `text`. A cursor stays good when the repository gets a new revision. */
  page(text: string, cursor: string | undefined, limit: number): Page<Image> {
    const start = cursor === undefined ? 0 : this.#start(readPosition(cursor));
    const words = folded(text)
      .split(/\s+/)
      .filter(word => word !== '');
    const items: Image[] = [];
    let at = start;
    for (; at < this.images.length && items.length < limit; at += 1) {
      const image = this.images[at];
      if (image !== undefined && (words.length === 0 || this.#matches(at, words))) {
        items.push(this.toImage(image));
      }
    }
    while (words.length > 0 && at < this.images.length && !this.#matches(at, words)) {
      at += 1;
    }
    const lastPath = this.images[at - 1]?.path ?? '';
    const isEnd = at >= this.images.length;
    return {
      items,
      cursor: isEnd ? null : writePosition({ rootHash: this.#rootHash, at, lastPath })
    };
  }

  /** The image that people see under this path, or that really lies there; names that are not UTF-8 by what is shown of them. */
  find(path: string): FoundImage | null {
    this.#places ??= new Map(this.images.map((image, at) => [image.path, at]));
    this.#targets ??= new Map(
      this.images.flatMap((image, at) => (image.linkTo === null ? [] : [[image.target, at]]))
    );
    const exact = this.#places.get(path);
    if (exact !== undefined) {
      return this.images[exact] ?? null;
    }
    const link = this.images[this.#targets.get(path) ?? -1];
    if (link !== undefined) {
      return { ...link, path: link.target, linkTo: null };
    }
    if (!path.includes('\ufffd')) {
      return null;
    }
    const shown = this.images.filter(image => image.path.toWellFormed() === path);
    return shown.length === 1 ? (shown[0] ?? null) : null;
  }

  /** The row as the contract has it. */
  toImage(image: FoundImage): Image {
    const path = image.path.toWellFormed();
    return {
      ref: `${this.#fqrn}:${path}`,
      repository: this.#fqrn,
      path,
      mountPath: `/cvmfs/${this.#fqrn}${image.target.toWellFormed()}`,
      kind: image.kind,
      name: image.name,
      version: image.version,
      sizeBytes: image.sizeBytes,
      modifiedAt: timeOf(image.mtimeMs),
      linkTo: image.linkTo
    };
  }

  #start({ rootHash, at, lastPath }: Position): number {
    if (this.#rootHash.startsWith(rootHash)) {
      return at;
    }
    const last = this.images.findIndex(image => image.path === lastPath);
    return last === -1 ? at : last + 1;
  }

  #matches(at: number, words: readonly string[]): boolean {
    this.#searchTexts ??= this.images.map(({ name, version, path }) =>
      folded(`${name} ${version ?? ''} ${path}`)
    );
    const text = this.#searchTexts[at] ?? '';
    return words.every(word => text.includes(word));
  }
}

/** Times beyond what a date can hold are unknown. */
function timeOf(epochMs: number): string | null {
  return Math.abs(epochMs) <= 8.64e15 ? isoTime(epochMs) : null;
}
