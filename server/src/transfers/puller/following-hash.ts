import type { ExpectedChecksum } from '../port.ts';
import type { PullerPool, RunningFileHash } from './pool.ts';

/** Hashes the finished beginning of a partial file while the rest is still under way. */
export class FollowingHash {
  readonly #hash: RunningFileHash;
  readonly #chunkBytes: number;
  readonly #count: number;
  #ready = 0;
  #hashed = 0;
  #step: Promise<void> | null = null;

  constructor(
    pool: PullerPool,
    partFile: string,
    algorithm: ExpectedChecksum['algorithm'],
    chunks: { readonly bytes: number; readonly count: number }
  ) {
    this.#hash = pool.hash(partFile, algorithm);
    this.#chunkBytes = chunks.bytes;
    this.#count = chunks.count;
  }

  /** Call it whenever a chunk is complete. */
  follow(done: ReadonlySet<number>): void {
    while (done.has(this.#ready)) {
      this.#ready++;
    }
    // The last chunk is left to `finish`, which knows where the file ends.
    if (this.#step !== null || this.#ready === this.#hashed || this.#ready >= this.#count) {
      return;
    }
    const upTo = this.#ready;
    const step = this.#hash.advance(upTo * this.#chunkBytes, false).then(() => {
      this.#hashed = upTo;
      this.#step = null;
      this.follow(done);
    });
    // What went wrong is heard by `finish`, which waits for this step.
    step.catch(() => undefined);
    this.#step = step;
  }

  /** The digest of the whole file, which is complete now. */
  async finish(sizeBytes: number): Promise<string> {
    while (this.#step !== null) {
      await this.#step;
    }
    return (await this.#hash.advance(sizeBytes, true)) ?? '';
  }

  abandon(): void {
    this.#hash.abandon();
  }
}
