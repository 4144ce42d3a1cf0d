import { closeSync, openSync, readSync } from 'node:fs';
import { newHash, type HashState } from './hash-state.ts';
import type { FromWorker, HashJob } from './messages.ts';
import { diskFailure } from './part-file.ts';

/** Small enough to be hashed while it still is in the processor's second cache. */
const READ_BYTES = 256 * 1024;

interface RunningHash {
  readonly fd: number;
  readonly state: HashState;
  position: number;
}

/** The hashes that a thread is in the middle of. */
export class RunningHashes {
  readonly #hashes = new Map<number, RunningHash>();
  readonly #buffer = Buffer.allocUnsafeSlow(READ_BYTES);

  /** Reads on to `upTo`; the digest only when that is the end. A file that is shorter is a failed read. */
  advance(job: HashJob): FromWorker {
    try {
      const running = this.#take(job);
      while (running.position < job.upTo) {
        const count = readSync(
          running.fd,
          this.#buffer,
          0,
          Math.min(READ_BYTES, job.upTo - running.position),
          running.position
        );
        if (count === 0) {
          throw Object.assign(new Error('the file is shorter than it was'), { code: 'EIO' });
        }
        running.state.update(this.#buffer.subarray(0, count));
        running.position += count;
      }
      const digest = job.isLast ? running.state.digest() : null;
      if (job.isLast) {
        this.end(job.id);
      }
      return { kind: 'hashed', id: job.id, digest };
    } catch (error) {
      this.end(job.id);
      return { kind: 'failed', id: job.id, failure: diskFailure(error) };
    }
  }

  end(id: number): void {
    const running = this.#hashes.get(id);
    if (running !== undefined) {
      this.#hashes.delete(id);
      closeSync(running.fd);
    }
  }

  #take({ algorithm, file, id }: HashJob): RunningHash {
    const running = this.#hashes.get(id) ?? {
      fd: openSync(file, 'r'),
      state: newHash(algorithm),
      position: 0
    };
    this.#hashes.set(id, running);
    return running;
  }
}
