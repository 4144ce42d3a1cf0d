import { userAgent } from '../../core/http-client.ts';
import type { ExpectedChecksum } from '../port.ts';
import { FollowingHash } from './following-hash.ts';
import { chunkCount, chunkLength, keptBytes, type ChunkJournal, type PullPlan } from './journal.ts';
import type { PullParts } from './pull-parts.ts';

/**
 * Fetches the chunks that the journal does not have, several at a time, and hashes the finished beginning
 * meanwhile. Ends only when no range writes any more. Returns the digest that was asked for.
 */
export class RangesPull {
  readonly #parts: PullParts;
  readonly #plan: PullPlan;
  readonly #url: URL;
  readonly #partFile: string;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;

  constructor(parts: PullParts, plan: PullPlan, url: URL, partFile: string) {
    this.#parts = parts;
    this.#plan = plan;
    this.#url = url;
    this.#partFile = partFile;
    this.#signal = AbortSignal.any([this.#stop.signal, parts.call.signal]);
  }

  async run(
    journal: ChunkJournal,
    done: Set<number>,
    checksum: ExpectedChecksum | null
  ): Promise<string | null> {
    const { bytes, call, pool, store } = this.#parts;
    const count = chunkCount(this.#plan);
    bytes.add(keptBytes({ done, plan: this.#plan }));
    const hash =
      checksum === null
        ? null
        : new FollowingHash(pool, this.#partFile, checksum.algorithm, {
            bytes: this.#plan.chunkBytes,
            count
          });
    hash?.follow(done);
    let next = 0;
    const take = (): number => {
      while (done.has(next)) {
        next++;
      }
      return next++;
    };
    const stream = async (): Promise<void> => {
      for (let index = take(); index < count; index = take()) {
        this.#signal.throwIfAborted();
        const first = index * this.#plan.chunkBytes;
        await this.#fetch(first, first + chunkLength(this.#plan, index) - 1);
        journal.mark(index);
        done.add(index);
        hash?.follow(done);
      }
    };
    try {
      // All of them, not the first that fails: another one may still write into the same files.
      await Promise.allSettled(
        Array.from({ length: store.streams }, () =>
          stream().catch((error: unknown) => this.#stop.abort(error))
        )
      );
      this.#signal.throwIfAborted();
      const digest = (await hash?.finish(this.#plan.sizeBytes)) ?? null;
      call.signal.throwIfAborted();
      return digest;
    } catch (error) {
      hash?.abandon();
      throw error;
    }
  }

  /** One chunk. After a cut it goes on at the byte where the connection broke. */
  async #fetch(first: number, last: number): Promise<void> {
    const { access, bytes, ca, file, options, pace, pool } = this.#parts;
    const { sizeBytes, validator } = this.#plan;
    let from = first;
    await access.withRetries(async authorization => {
      let got = 0;
      const job = {
        url: this.#url.href,
        headers: {
          'user-agent': userAgent,
          'accept-encoding': 'identity',
          ...(validator === null ? {} : { 'if-range': validator }),
          ...authorization
        },
        partFile: this.#partFile,
        range: { first: from, last },
        sizeBytes,
        validator,
        ca,
        idleMs: options.idleMs
      };
      const outcome = await pace.streams.run(file.target, this.#signal, () =>
        pool.fetch(job, this.#signal, count => {
          got += count;
          bytes.add(count);
        })
      );
      if (outcome.kind === 'done') {
        return { value: null };
      }
      this.#signal.throwIfAborted();
      if (outcome.kind !== 'network') {
        bytes.add(-got);
        return { failure: outcome };
      }
      from += got;
      return from > last ? { value: null } : { failure: outcome, gainedBytes: got };
    }, this.#signal);
  }
}
