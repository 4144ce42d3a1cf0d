import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Image, ImageDetail, Page, RepositoryState } from '#contract';
import type { CallContext } from '../../core/call-context.ts';
import { isoTime } from '../../core/clock.ts';
import { problem } from '../../core/problem.ts';
import type { RepositoryProfile } from '../../facility/profile.ts';
import { CurrentIndex } from '../current-index.ts';
import type { CvmfsEntry, CvmfsRepository, CvmfsState } from '../cvmfs/port.ts';
import { openCvmfs } from '../cvmfs/repository.ts';
import { describeImage } from '../describe.ts';
import type { ImageIndex } from '../image-index.ts';
import type { FoundImage } from '../layouts/walk.ts';
import { nameOfFile } from '../naming.ts';
import type { ImageSource, ImageSourceParts } from '../port.ts';

const MAX_KEY_BYTES = 65_536;
const LICENCE_LABEL = 'org.opencontainers.image.licenses';

/** Images on CVMFS, read over plain HTTP without a mount. */
export class CvmfsHttpSource implements ImageSource {
  readonly repository: string;
  readonly title: string;
  readonly #profile: RepositoryProfile;
  readonly #parts: ImageSourceParts;
  readonly #ending = new AbortController();
  #reader: CvmfsRepository | null = null;
  #indexes: CurrentIndex | null = null;

  constructor(profile: RepositoryProfile, parts: ImageSourceParts) {
    this.repository = profile.fqrn;
    this.title = profile.title;
    this.#profile = profile;
    this.#parts = parts;
  }

  async list(
    text: string,
    cursor: string | undefined,
    limit: number,
    call: CallContext
  ): Promise<Page<Image> & { state: RepositoryState }> {
    const [state, held] = await this.#index().current(call.signal);
    const warnings = [...state.warnings, ...held.warnings];
    return { ...held.index.page(text, cursor, limit), state: repositoryState(state, warnings) };
  }

  async get(imagePath: string, call: CallContext): Promise<ImageDetail> {
    const wanted = imagePath.replace(/\/+/g, '/').replace(/(?<=.)\/$/, '');
    const [state, held] = await this.#index().current(call.signal);
    const reader = this.#open();
    const known = held.index.find(wanted);
    if (known === null) {
      this.#requireInsideRoots(wanted);
    }
    const entry = await reader.resolve(known?.target ?? wanted, call.signal);
    const found = known ?? this.#unlisted(wanted, entry, held.index);
    const described = await describeImage(reader, entry, call.signal);
    const nameNote = entry.path.isWellFormed()
      ? null
      : 'The name of this image is not UTF-8, so that a job cannot use it.';
    return {
      ...held.index.toImage({ ...found, sizeBytes: sizeOf(entry) }),
      ...described,
      note: nameNote ?? described.note,
      licence: described.labels[LICENCE_LABEL] ?? null,
      revision: state.revision,
      rootHash: state.rootHash,
      contentHash: await reader.contentHash(entry.path, call.signal)
    };
  }

  /** Ends what is under way; the source must not be used after it. */
  close(): void {
    this.#ending.abort();
  }

  #open(): CvmfsRepository {
    const { cacheDir, fetch, clock, log } = this.#parts;
    this.#reader ??= openCvmfs({
      fqrn: this.#profile.fqrn,
      servers: this.#profile.servers.map(server => new URL(server)),
      masterKeys: this.#profile.keys.map(key => this.#readKey(key)),
      cacheDir,
      fetch,
      clock,
      log
    });
    return this.#reader;
  }

  #index(): CurrentIndex {
    const { fqrn, roots } = this.#profile;
    this.#indexes ??= new CurrentIndex({
      repository: this.#open(),
      fqrn,
      roots,
      folder: path.join(this.#parts.cacheDir, fqrn),
      ending: this.#ending.signal,
      log: this.#parts.log
    });
    return this.#indexes;
  }

  #readKey(key: string): string {
    if (key.includes('-----BEGIN')) {
      return key;
    }
    const file = this.#parts.resolveFile(key);
    try {
      if (statSync(file).size <= MAX_KEY_BYTES) {
        return readFileSync(file, 'utf8');
      }
    } catch (error) {
      throw problem('bad-profile', `The key ${file} of ${this.repository} cannot be read.`, {
        cause: error
      });
    }
    throw problem('bad-profile', `The key ${file} of ${this.repository} is too large for a key.`);
  }

  #requireInsideRoots(wanted: string): void {
    const parts = wanted.split('/');
    const isClean = wanted.startsWith('/') && !parts.includes('..') && !parts.includes('.');
    const isInside = this.#profile.roots.some(root => {
      const folder = root.path.replace(/\/+$/, '');
      return wanted.startsWith(`${folder}/`);
    });
    if (!isClean || !isInside) {
      throw problem(
        'path-not-allowed',
        `${wanted.toWellFormed().slice(0, 300)} is outside the folders of ${this.repository} that hold images. Choose an image from the list.`
      );
    }
  }

  /** An image inside the roots that no layout found; where a link leads must be inside as well. */
  #unlisted(wanted: string, entry: CvmfsEntry, index: ImageIndex): FoundImage {
    if (entry.path !== wanted && index.find(entry.path) === null) {
      this.#requireInsideRoots(entry.path);
    }
    const kind = entry.type === 'dir' ? 'sandbox' : 'sif';
    const name = nameOfFile(wanted.split('/').at(-1) ?? wanted);
    return {
      ...name,
      path: wanted,
      target: entry.path,
      kind,
      sizeBytes: sizeOf(entry),
      mtimeMs: entry.mtimeMs,
      linkTo: entry.path === wanted ? null : entry.path
    };
  }
}

function sizeOf(entry: CvmfsEntry): number | null {
  return entry.type === 'file' ? entry.sizeBytes : null;
}

function repositoryState(state: CvmfsState, warnings: string[]): RepositoryState {
  return {
    fqrn: state.fqrn,
    revision: state.revision,
    publishedAt: state.publishedAtMs === null ? null : isoTime(state.publishedAtMs),
    whitelistExpiresAt: isoTime(state.whitelistExpiresAtMs),
    server: state.server,
    rootHash: state.rootHash,
    warnings
  };
}
