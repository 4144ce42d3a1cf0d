import path from 'node:path';
import { bytesText } from '../../core/bytes-text.ts';
import { freeBytes } from '../../core/disk-space.ts';
import { userAgent } from '../../core/http-client.ts';
import { problem, ProblemError } from '../../core/problem.ts';
import type { ExpectedChecksum, PullResult } from '../port.ts';
import { isBelowStore } from './allowed-url.ts';
import { wantedDigest } from './digest-headers.ts';
import { digestOfFile } from './digest-of-file.ts';
import { headerChecksum } from './header-checksum.ts';
import { ChunkJournal, readJournal, type PullPlan } from './journal.ts';
import { isWebPage, probe, type Probe } from './probe.ts';
import type { PullParts } from './pull-parts.ts';
import { RangesPull } from './pull-ranges.ts';
import { recognise } from './recognise.ts';
import { sentFileOf } from './sent-file.ts';
import type { Attempt } from './store-access.ts';
import {
  allocatedBytes,
  leftoversOf,
  preparePart,
  publish,
  removeLeftovers,
  sizeOfTarget
} from './target.ts';

/** One pull of one file, from the first question to the final name. */
export class FilePull {
  readonly #parts: PullParts;

  constructor(parts: PullParts) {
    this.#parts = parts;
  }

  /** See `TransferBackend.pull`. */
  async run(): Promise<PullResult> {
    const { access, ca, call, file, options } = this.#parts;
    const here = await sizeOfTarget(file.target);
    if (here !== null && (file.checksum !== null || file.checksumHeader === null)) {
      return recognise(this.#parts, here, file.checksum, () => this.#probe());
    }
    this.#parts.pool.warmUp(file.checksum !== null || file.checksumHeader !== null);
    const found = await this.#probe();
    this.#refuseSurprises(found);
    const checksum =
      file.checksum ??
      (file.checksumHeader === null
        ? null
        : await headerChecksum(found, file.checksumHeader, access, {
            ca,
            env: options.env,
            timeoutMs: options.idleMs,
            signal: call.signal
          }));
    if (here !== null) {
      return recognise(this.#parts, here, checksum, () => Promise.resolve(found));
    }
    await this.#refuseWhatDoesNotFit(found);
    // Ranges of a file that cannot be told from its next version would be a guess, unless a checksum judges it.
    const isPinned = found.validator !== null || checksum !== null;
    return found.sizeBytes !== null && found.hasRanges && isPinned
      ? this.#pullRangesOrWhole(found, found.sizeBytes, checksum)
      : this.#pullWhole(found, checksum);
  }

  /**
   * A store that answers a range with a whole file says that the file changed. When it did not, the store cannot
   * do what it said (`If-Range` with a date is a usual gap), and one stream is the way.
   */
  async #pullRangesOrWhole(
    found: Probe,
    sizeBytes: number,
    checksum: ExpectedChecksum | null
  ): Promise<PullResult> {
    try {
      return await this.#pullRanges(found, sizeBytes, checksum);
    } catch (error) {
      if (!(error instanceof ProblemError) || error.slug !== 'file-changed') {
        throw error;
      }
      const now = await this.#probe();
      const isSame =
        now.validator !== null && now.validator === found.validator && now.sizeBytes === sizeBytes;
      if (!isSame) {
        throw error;
      }
      return this.#pullWhole(now, checksum);
    }
  }

  async #pullRanges(
    found: Probe,
    sizeBytes: number,
    checksum: ExpectedChecksum | null
  ): Promise<PullResult> {
    const { file, options, store } = this.#parts;
    const { journalFile, partFile } = leftoversOf(file.target);
    const before = readJournal(journalFile);
    const plan: PullPlan = {
      url: file.url.href,
      sizeBytes,
      validator: found.validator,
      // Another chunk size in the profile is no reason to throw away what is here.
      chunkBytes: before.plan?.chunkBytes ?? store.chunk_bytes
    };
    const isResumed =
      before.plan !== null &&
      JSON.stringify(before.plan) === JSON.stringify(plan) &&
      (await sizeOfTarget(partFile)) === sizeBytes;
    await preparePart(partFile, sizeBytes, isResumed);
    const journal = new ChunkJournal(journalFile, plan, isResumed ? before.usableBytes : 0);
    try {
      const pull = new RangesPull(this.#parts, plan, found.url, partFile);
      const digest = await pull.run(journal, new Set(isResumed ? before.done : []), checksum);
      await this.#refuseWrongDigest(checksum, digest);
      journal.end();
    } catch (error) {
      if (error instanceof ProblemError && error.slug === 'file-changed') {
        await removeLeftovers(file.target);
      }
      throw error;
    } finally {
      journal.close();
    }
    await publish(partFile, file.target, options.isSynced);
    return this.#fetched(found, sizeBytes, checksum);
  }

  async #fetched(
    { validator }: Probe,
    bytes: number,
    checksum: ExpectedChecksum | null
  ): Promise<PullResult> {
    const { target, url } = this.#parts.file;
    return checksum === null
      ? { bytes, state: 'as-sent', checksum, sent: await sentFileOf(target, url, validator) }
      : { bytes, state: 'verified', checksum };
  }

  #probe(): Promise<Probe> {
    const { access, ca, call, file, options, store } = this.#parts;
    return access.withRetries(async authorization => {
      const found = await probe(
        file.url,
        { ...authorization, ...wantedDigest(file.checksumHeader) },
        {
          ca,
          env: options.env,
          timeoutMs: options.idleMs,
          signal: call.signal,
          isAllowed: url => isBelowStore(url, store)
        }
      );
      return 'failure' in found ? found : { value: found };
    });
  }

  #refuseSurprises(found: Probe): void {
    const { file, store } = this.#parts;
    const { sizeBytes, url } = file;
    const isKnownSize = sizeBytes !== null && sizeBytes === found.sizeBytes;
    if (!isKnownSize && isWebPage(url, found)) {
      throw problem(
        'upstream-garbled',
        `"${store.title}" sent a web page instead of ${this.#name()}. Perhaps it wants a sign-in; tell its operators.`
      );
    }
    if (sizeBytes !== null && found.sizeBytes !== null && !isKnownSize) {
      throw problem(
        'size-mismatch',
        `${this.#name()} has ${found.sizeBytes} bytes at "${store.title}", the catalogue says ${sizeBytes}. Tell the facility which one is right.`
      );
    }
  }

  async #refuseWhatDoesNotFit({ sizeBytes }: Probe): Promise<void> {
    const { target } = this.#parts.file;
    const free = await freeBytes(path.dirname(target));
    const missing = (sizeBytes ?? 0) - (await allocatedBytes(leftoversOf(target).partFile));
    if (free !== null && missing > free) {
      throw problem(
        'does-not-fit',
        `${target} needs ${bytesText(missing)} more, and ${bytesText(free)} are free there. Free some space, or choose another folder.`,
        { extra: { neededBytes: missing, freeBytes: free } }
      );
    }
  }

  /** A store without ranges, or one that does not say how large the file is or which version it sends. */
  async #pullWhole(found: Probe, checksum: ExpectedChecksum | null): Promise<PullResult> {
    const { access, bytes, call, file, options, pool } = this.#parts;
    const { partFile } = leftoversOf(file.target);
    try {
      const length = await access.withRetries(async authorization => {
        bytes.reset();
        await preparePart(partFile, 0, false);
        return this.#fetchWhole(found, partFile, authorization);
      });
      if (file.sizeBytes !== null && length !== file.sizeBytes) {
        throw problem(
          'size-mismatch',
          length > file.sizeBytes
            ? `${this.#name()} is longer than ${file.sizeBytes} bytes. Retry; if it stays so, tell the facility.`
            : `${this.#name()} ended after ${length} of ${file.sizeBytes} bytes. Retry; if it stays so, tell the facility.`
        );
      }
      if (checksum !== null) {
        await this.#refuseWrongDigest(
          checksum,
          await digestOfFile(pool, partFile, length, checksum.algorithm, call.signal)
        );
      }
      this.#markComplete(found, length);
      await publish(partFile, file.target, options.isSynced);
      return await this.#fetched(found, length, checksum);
    } catch (error) {
      // It cannot be gone on with, so it would only take up space.
      await removeLeftovers(file.target);
      throw error;
    }
  }

  /** So that a kill behind the final name leaves a file that is known to be ours: one chunk, and it is done. */
  #markComplete(found: Probe, sizeBytes: number): void {
    const { file } = this.#parts;
    const plan: PullPlan = {
      url: file.url.href,
      sizeBytes,
      validator: found.validator,
      chunkBytes: Math.max(1, sizeBytes)
    };
    const journal = new ChunkJournal(leftoversOf(file.target).journalFile, plan, 0);
    try {
      if (sizeBytes > 0) {
        journal.mark(0);
      }
      journal.end();
    } finally {
      journal.close();
    }
  }

  /** Length of what came; it is cut where the catalogue says that the file ends. */
  async #fetchWhole(
    found: Probe,
    partFile: string,
    authorization: Readonly<Record<string, string>>
  ): Promise<Attempt<number>> {
    const { bytes, ca, call, file, options, pace, pool } = this.#parts;
    const stop = new AbortController();
    let length = 0;
    const job = {
      url: found.url.href,
      headers: { 'user-agent': userAgent, 'accept-encoding': 'identity', ...authorization },
      partFile,
      range: null,
      sizeBytes: found.sizeBytes,
      validator: found.validator,
      ca,
      idleMs: options.idleMs
    };
    const signal = AbortSignal.any([call.signal, stop.signal]);
    const outcome = await pace.streams.run(file.target, signal, () =>
      pool.fetch(job, signal, count => {
        length += count;
        bytes.add(count);
        if (length > (file.sizeBytes ?? Number.POSITIVE_INFINITY)) {
          stop.abort();
        }
      })
    );
    call.signal.throwIfAborted();
    return outcome.kind === 'done' || stop.signal.aborted
      ? { value: length }
      : { failure: outcome };
  }

  async #refuseWrongDigest(
    checksum: ExpectedChecksum | null,
    digest: string | null
  ): Promise<void> {
    if (checksum !== null && digest !== checksum.value) {
      await removeLeftovers(this.#parts.file.target);
      throw problem(
        'checksum-mismatch',
        `${this.#name()} does not match its ${checksum.algorithm} checksum from ${checksum.source}. What was pulled is thrown away; retry, and tell the facility if it stays so.`,
        {
          extra: { expected: checksum.value, found: digest ?? '' }
        }
      );
    }
  }

  #name(): string {
    return path.basename(this.#parts.file.target);
  }
}
