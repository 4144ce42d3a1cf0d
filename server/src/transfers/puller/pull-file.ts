import { readFileSync } from 'node:fs';
import type { CallContext } from '../../core/call-context.ts';
import { userAgent } from '../../core/http-client.ts';
import { problem } from '../../core/problem.ts';
import type { StoreProfile } from '../../facility/profile.ts';
import type { ExpectedChecksum, PullFile, PullResult } from '../port.ts';
import { isBelowStore } from './allowed-url.ts';
import { checksumOfHeader } from './digest-headers.ts';
import { fetchWhole } from './fetch-whole.ts';
import { ChunkJournal, chunkCount, readJournal, type PullPlan } from './journal.ts';
import type { PullerPool } from './pool.ts';
import { probe, type Probe } from './probe.ts';
import { StoreAccess, type PullOptions } from './store-access.ts';
import { leftoversOf, preparePart, publish, removeLeftovers, sizeOfTarget } from './target.ts';
import { verifyFile } from './verify-file.ts';

/** One pull of one file: everything that its steps share. */
export class FilePull {
  readonly #store: StoreProfile;
  readonly #file: PullFile;
  readonly #call: CallContext;
  readonly #pool: PullerPool;
  readonly #options: PullOptions;
  readonly #onProgress: (bytes: number) => void;
  readonly #ca: string | null;
  readonly #access: StoreAccess;
  #bytes = 0;

  constructor(
    pool: PullerPool,
    options: PullOptions,
    what: {
      store: StoreProfile;
      file: PullFile;
      ca: string | null;
      call: CallContext;
      onProgress: (bytes: number) => void;
    }
  ) {
    this.#pool = pool;
    this.#options = options;
    this.#store = what.store;
    this.#file = what.file;
    this.#call = what.call;
    this.#onProgress = what.onProgress;
    this.#ca = what.ca;
    this.#access = new StoreAccess(what.store, what.file.target, what.call, options);
  }

  /** See `TransferBackend.pull`. */
  async run(): Promise<PullResult> {
    const { target } = this.#file;
    const here = await this.#alreadyHere();
    if (here !== null) {
      return here;
    }
    const found = await this.#probe();
    this.#refuseSurprises(found);
    const checksum = this.#file.checksum ?? this.#headerChecksum(found);
    if (found.sizeBytes === null || !found.hasRanges) {
      return this.#pullWhole(found, checksum);
    }
    const plan: PullPlan = {
      url: found.url.href,
      sizeBytes: found.sizeBytes,
      validator: found.validator,
      chunkBytes: this.#store.chunk_bytes
    };
    const { journalFile, partFile } = leftoversOf(target);
    const before = readJournal(journalFile);
    const isResumed =
      before.plan !== null &&
      JSON.stringify(before.plan) === JSON.stringify(plan) &&
      (await sizeOfTarget(partFile)) === plan.sizeBytes;
    const done = new Set(isResumed ? before.done : []);
    await preparePart(partFile, plan.sizeBytes, isResumed);
    const journal = new ChunkJournal(journalFile, plan, isResumed);
    try {
      const digest = await this.#pullChunks(plan, partFile, journal, done, checksum);
      await this.#refuseWrongDigest(checksum, digest);
      journal.end();
    } finally {
      journal.close();
    }
    await publish(partFile, target, this.#options.isSynced);
    return { bytes: plan.sizeBytes, state: checksum === null ? 'as-sent' : 'verified', checksum };
  }

  /** A file under the final name: ours when it agrees with the checksum, or when our journal says that it was complete. */
  async #alreadyHere(): Promise<PullResult | null> {
    const { checksum, sizeBytes, target } = this.#file;
    const size = await sizeOfTarget(target);
    if (size === null) {
      return null;
    }
    if (sizeBytes === null || size === sizeBytes) {
      if (checksum !== null) {
        const { digest } = await verifyFile(
          this.#pool,
          target,
          size,
          checksum.algorithm,
          this.#call.signal
        );
        if (digest === checksum.value) {
          this.#progress(size);
          return { bytes: size, state: 'verified', checksum };
        }
      } else if (readJournal(leftoversOf(target).journalFile).isEnded) {
        this.#progress(size);
        return { bytes: size, state: 'as-sent', checksum: null };
      }
    }
    throw problem(
      'target-exists',
      `${target} exists already and is not known to be the same file. Move it away, or choose another folder.`
    );
  }

  async #probe(): Promise<Probe> {
    const answer = await this.#access.withRetries(async () => {
      const wanted =
        this.#file.checksumHeader === 'Repr-Digest'
          ? { 'want-repr-digest': 'sha-256=9, sha-512=5, md5=1' }
          : {};
      const found = await probe(
        this.#file.url,
        { ...(await this.#access.authorization()), ...wanted },
        {
          ca: this.#ca,
          timeoutMs: this.#options.idleMs,
          signal: this.#call.signal,
          isAllowed: url => isBelowStore(url, this.#store)
        }
      );
      return 'failure' in found ? found : { value: found };
    });
    return answer;
  }

  #refuseSurprises(found: Probe): void {
    const { sizeBytes, target, url } = this.#file;
    if (sizeBytes !== null && found.sizeBytes !== null && sizeBytes !== found.sizeBytes) {
      throw problem(
        'size-mismatch',
        `${this.#name()} has ${found.sizeBytes} bytes at "${this.#store.title}", the catalogue says ${sizeBytes}. Tell the facility which one is right.`
      );
    }
    const isPage = /^text\/html\b/i.test(found.contentType) && !/\.html?$/i.test(url.pathname);
    if (isPage && (sizeBytes === null || found.sizeBytes === null)) {
      throw problem(
        'upstream-garbled',
        `"${this.#store.title}" sent a web page instead of ${target.slice(target.lastIndexOf('/') + 1)}. Perhaps it wants a sign-in; tell its operators.`
      );
    }
  }

  #headerChecksum(found: Probe): ExpectedChecksum | null {
    const name = this.#file.checksumHeader;
    const value = name === null ? undefined : found.headers[name.toLowerCase()];
    return name === null
      ? null
      : checksumOfHeader(name, Array.isArray(value) ? value.join(', ') : value);
  }

  /** Fetches what the journal does not have; hashes the finished beginning of the file meanwhile. */
  async #pullChunks(
    plan: PullPlan,
    partFile: string,
    journal: ChunkJournal,
    done: Set<number>,
    checksum: ExpectedChecksum | null
  ): Promise<string | null> {
    const count = chunkCount(plan);
    const lengthOf = (index: number): number =>
      Math.min(plan.chunkBytes, plan.sizeBytes - index * plan.chunkBytes);
    this.#progress([...done].reduce((sum, index) => sum + lengthOf(index), 0));
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, this.#call.signal]);
    const hash = checksum === null ? null : this.#pool.hash(partFile, checksum.algorithm);
    let ready = 0;
    let hashing: Promise<unknown> = Promise.resolve();
    let isHashing = false;
    const hashOn = (): void => {
      while (done.has(ready)) {
        ready++;
      }
      if (hash !== null && !isHashing && ready > 0 && ready < count) {
        isHashing = true;
        const upTo = ready;
        hashing = hash.advance(upTo * plan.chunkBytes, false).then(() => {
          isHashing = false;
          if (upTo < ready) {
            hashOn();
          }
        });
      }
    };
    hashOn();
    const missing = Array.from({ length: count }, (_, index) => index).filter(
      index => !done.has(index)
    );
    const stream = async (): Promise<void> => {
      for (let index = missing.shift(); index !== undefined; index = missing.shift()) {
        signal.throwIfAborted();
        const first = index * plan.chunkBytes;
        await this.#fetchRange(plan, partFile, first, first + lengthOf(index) - 1, signal);
        journal.mark(index);
        done.add(index);
        hashOn();
      }
    };
    try {
      await Promise.all(
        Array.from({ length: Math.min(this.#store.streams, Math.max(1, missing.length)) }, () =>
          stream().catch((error: unknown) => {
            stop.abort(error);
            throw error;
          })
        )
      );
      if (hash === null) {
        return null;
      }
      do {
        await hashing;
      } while (isHashing);
      const last = await hash.advance(plan.sizeBytes, true);
      this.#call.signal.throwIfAborted();
      return 'digest' in last ? last.digest : null;
    } catch (error) {
      hash?.abandon();
      throw error;
    }
  }

  async #fetchRange(
    plan: PullPlan,
    partFile: string,
    first: number,
    last: number,
    signal: AbortSignal
  ): Promise<void> {
    await this.#access.withRetries(async () => {
      const before = this.#bytes;
      const outcome = await this.#pool.fetch(
        {
          url: plan.url,
          headers: {
            'user-agent': userAgent,
            'accept-encoding': 'identity',
            ...(plan.validator === null ? {} : { 'if-range': plan.validator }),
            ...(await this.#access.authorization())
          },
          partFile,
          first,
          last,
          sizeBytes: plan.sizeBytes,
          ca: this.#ca,
          idleMs: this.#options.idleMs
        },
        signal,
        bytes => this.#progress(bytes)
      );
      if (outcome.kind === 'done') {
        return { value: null };
      }
      signal.throwIfAborted();
      this.#progress(before - this.#bytes);
      return { failure: outcome };
    }, signal);
  }

  /** A store without ranges, or one that does not say how large the file is. */
  async #pullWhole(found: Probe, checksum: ExpectedChecksum | null): Promise<PullResult> {
    const { partFile } = leftoversOf(this.#file.target);
    const expected = this.#file.sizeBytes ?? found.sizeBytes;
    const { bytes } = await this.#access.withRetries(async () => {
      this.#progress(-this.#bytes);
      await preparePart(partFile, 0, false);
      const outcome = await fetchWhole(
        found.url,
        await this.#access.authorization(),
        {
          ca: this.#ca,
          idleMs: this.#options.idleMs,
          signal: this.#call.signal,
          partFile,
          maxBytes: expected ?? Number.POSITIVE_INFINITY
        },
        count => this.#progress(count)
      );
      return 'failure' in outcome ? outcome : { value: outcome };
    });
    if (expected !== null && bytes !== expected) {
      throw problem(
        'size-mismatch',
        `${this.#name()} ended after ${bytes} of ${expected} bytes. Retry; if it stays so, tell the facility.`
      );
    }
    if (checksum !== null) {
      const { digest } = await verifyFile(
        this.#pool,
        partFile,
        bytes,
        checksum.algorithm,
        this.#call.signal
      );
      await this.#refuseWrongDigest(checksum, digest);
    }
    await publish(partFile, this.#file.target, this.#options.isSynced);
    return { bytes, state: checksum === null ? 'as-sent' : 'verified', checksum };
  }

  async #refuseWrongDigest(
    checksum: ExpectedChecksum | null,
    digest: string | null
  ): Promise<void> {
    if (checksum !== null && digest !== checksum.value) {
      await removeLeftovers(this.#file.target);
      throw problem(
        'checksum-mismatch',
        `${this.#name()} does not match its ${checksum.algorithm} checksum from ${checksum.source}. What was pulled is thrown away; retry, and tell the facility if it stays so.`,
        {
          extra: { expected: checksum.value, found: digest ?? '' }
        }
      );
    }
  }

  #progress(bytes: number): void {
    this.#bytes += bytes;
    this.#onProgress(this.#bytes);
  }

  #name(): string {
    return this.#file.target.slice(this.#file.target.lastIndexOf('/') + 1);
  }
}

/** PEM text of the store's own authority; null for the system's. */
export function readAuthority(file: string | undefined): string | null {
  return file === undefined ? null : readFileSync(file, 'utf8');
}
