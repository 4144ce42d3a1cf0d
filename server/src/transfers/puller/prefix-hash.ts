import type { ExpectedChecksum } from '../port.ts';
import type { PullerPool, RunningFileHash } from './pool.ts';

/** One step of the hashing thread: short enough that a cancel is heard. */
const STEP_BYTES = 256 * 1024 * 1024;

/** Hashes the beginning of a file that is complete, and goes on as more of it is. */
export class PrefixHash {
  readonly #hash: RunningFileHash;
  readonly #signal: AbortSignal;
  #ready = 0;
  #hashed = 0;
  #step: Promise<void> | null = null;

  constructor(
    pool: PullerPool,
    file: string,
    algorithm: ExpectedChecksum['algorithm'],
    signal: AbortSignal
  ) {
    this.#hash = pool.hash(file, algorithm);
    this.#signal = signal;
  }

  /** Everything before `bytes` is on the disk now; hashed soon, while it still is in memory. */
  reach(bytes: number): void {
    this.#ready = Math.max(this.#ready, bytes);
    this.#step ??= this.#goOn();
  }

  /** The digest of the whole file, or null when it is shorter than `sizeBytes` or cannot be read. */
  async digest(sizeBytes: number): Promise<string | null> {
    this.reach(sizeBytes);
    while (this.#step !== null) {
      await this.#step;
    }
    this.#signal.throwIfAborted();
    const last = await this.#hash.advance(sizeBytes, true);
    return 'digest' in last ? last.digest : null;
  }

  abandon(): void {
    this.#hash.abandon();
  }

  async #goOn(): Promise<void> {
    while (this.#hashed < this.#ready && !this.#signal.aborted) {
      this.#hashed = Math.min(this.#ready, this.#hashed + STEP_BYTES);
      await this.#hash.advance(this.#hashed, false);
    }
    this.#step = null;
  }
}

/** The digest of a file that is complete; null when it is shorter than said or cannot be read. */
export async function digestOf(
  pool: PullerPool,
  file: string,
  sizeBytes: number,
  algorithm: ExpectedChecksum['algorithm'],
  signal: AbortSignal
): Promise<string | null> {
  const hash = new PrefixHash(pool, file, algorithm, signal);
  try {
    return await hash.digest(sizeBytes);
  } catch (error) {
    hash.abandon();
    throw error;
  }
}
