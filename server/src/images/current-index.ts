import type { Log } from '../core/log.ts';
import type { RepositoryProfile } from '../facility/profile.ts';
import type { CvmfsRepository, CvmfsState } from './cvmfs/port.ts';
import { discover } from './discovery.ts';
import { ImageIndex } from './image-index.ts';
import { IndexFileStore, indexKey } from './index-file.ts';

/** The images of one revision, and what discovery had to say. */
interface HeldIndex {
  readonly rootHash: string;
  readonly index: ImageIndex;
  readonly warnings: readonly string[];
}

interface CurrentIndexOptions {
  readonly repository: CvmfsRepository;
  readonly fqrn: string;
  readonly roots: RepositoryProfile['roots'];
  /** Where the newest index is kept over a restart. */
  readonly folder: string;
  /** Ends a discovery that is under way. */
  readonly ending: AbortSignal;
  readonly log: Log;
}

/** Keeps the index of a repository's revision in memory and makes it anew when the root hash changes. */
export class CurrentIndex {
  readonly #options: CurrentIndexOptions;
  readonly #kept: IndexFileStore;
  #held: HeldIndex | null = null;
  #building: { rootHash: string; result: Promise<HeldIndex> } | null = null;

  constructor(options: CurrentIndexOptions) {
    this.#options = options;
    this.#kept = new IndexFileStore(options.folder);
  }

  /** The checked state, and the index of exactly this revision. Throws when the repository cannot be trusted. */
  async current(signal: AbortSignal): Promise<[CvmfsState, HeldIndex]> {
    const state = await this.#options.repository.open(signal);
    if (this.#held?.rootHash === state.rootHash) {
      return [state, this.#held];
    }
    if (this.#building?.rootHash !== state.rootHash) {
      const building = { rootHash: state.rootHash, result: this.#build(state.rootHash) };
      this.#building = building;
      const clear = (): void => {
        if (this.#building === building) {
          this.#building = null;
        }
      };
      building.result.then(clear, clear);
    }
    return [state, await orAbort(this.#building.result, signal)];
  }

  /** Not bound to one caller: who leaves does not take the others' list along. */
  async #build(rootHash: string): Promise<HeldIndex> {
    const { ending, fqrn, log, repository, roots } = this.#options;
    const key = indexKey(rootHash, roots);
    const kept = await this.#kept.read(key);
    const found = kept ?? (await discover(repository, roots, ending));
    const index = new ImageIndex(fqrn, rootHash, found.images);
    const held = { rootHash, index, warnings: found.warnings };
    const isOneRevision = kept !== null || (await repository.open(ending)).rootHash === rootHash;
    if (!isOneRevision) {
      // A new revision came meanwhile: what was found may be of either, so it is shown once and not kept.
      return held;
    }
    this.#held = held;
    if (kept === null) {
      await this.#kept.write(key, found).catch((error: unknown) => {
        log.warn({ err: error, repository: fqrn }, 'image index not kept');
      });
    }
    return held;
  }
}

/** A shared result, unless the caller leaves first. */
async function orAbort<T>(result: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const leave = (): void => {
    reject(signal.reason as Error);
  };
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([result, promise]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
