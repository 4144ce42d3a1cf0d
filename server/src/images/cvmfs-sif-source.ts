import type { CvmfsEntry, CvmfsRepository } from './cvmfs/port.ts';
import type { SifSource } from './sif/source.ts';

/** Files up to this size are fetched whole, which makes everything read from them verified. */
const WHOLE_BYTES = 1024 * 1024;
const FIRST_BYTES = 64 * 1024;
/** A preview never reads further into a file. */
const MAX_PREVIEW_BYTES = 8 * 1024 * 1024;

/** The start of an image in a repository, fetched as far as the reader asks. */
export class CvmfsSifSource implements SifSource {
  readonly sizeBytes: number;
  readonly #repository: CvmfsRepository;
  readonly #path: string;
  readonly #signal: AbortSignal;
  #head: Uint8Array = new Uint8Array();
  #isVerified = true;

  constructor(repository: CvmfsRepository, entry: CvmfsEntry, signal: AbortSignal) {
    this.#repository = repository;
    this.#path = entry.path;
    this.sizeBytes = entry.sizeBytes;
    this.#signal = signal;
  }

  /** False as soon as a byte was read that no hash vouches for. */
  get isVerified(): boolean {
    return this.#isVerified;
  }

  async readAt(offset: number, length: number): Promise<Uint8Array> {
    const end = Math.min(offset + length, this.sizeBytes, MAX_PREVIEW_BYTES);
    if (end > this.#head.byteLength) {
      await this.#fetch(Math.max(end, Math.min(FIRST_BYTES, this.sizeBytes)));
    }
    return this.#head.subarray(offset, offset + length);
  }

  async #fetch(bytes: number): Promise<void> {
    if (this.sizeBytes <= WHOLE_BYTES) {
      this.#head = await this.#repository.readFile(this.#path, WHOLE_BYTES, this.#signal);
      return;
    }
    const head = await this.#repository.readHead(this.#path, bytes, this.#signal);
    this.#isVerified = this.#isVerified && head.verified;
    this.#head = head.bytes;
  }
}
