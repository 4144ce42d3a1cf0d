import type { TransferPlan } from '#contract';
import type { CallContext } from '../core/call-context.ts';
import { ProblemError } from '../core/problem.ts';
import type { ChecksumSource } from '../datasets/port.ts';
import type { StoreProfile } from '../facility/profile.ts';
import type { Parts } from '../parts.ts';
import { askForManifest, isNotThere, manifestPlaces } from './manifest.ts';
import { parseManifest } from './parse-manifest.ts';
import { isBelowStore, storeOf } from './puller/allowed-url.ts';
import { fetchFor, readAuthority } from './puller/authority.ts';
import { wantedDigest } from './puller/digest-headers.ts';
import { headerChecksum } from './puller/header-checksum.ts';
import { isWebPage, probe, type AskOptions, type Probe } from './puller/probe.ts';
import { StoreAccess } from './puller/store-access.ts';

/** A person waits for the plan: what the store does not say in this time is not known yet. */
const LIMIT_MS = 1500;
/** Enough to see whether it is a manifest; a long one is not read to its end for a plan. */
const MANIFEST_BYTES = 65_536;
const KEPT_MS = 60_000;
/** What could not be asked is asked again soon, but not at every key that the person presses. */
const KEPT_UNKNOWN_MS = 10_000;
const KEPT_COUNT = 100;
/** A plan asks once; the pull has the patience. */
const ONCE = { idleMs: LIMIT_MS, retries: 0, firstBackoffMs: 0, isSynced: false };

/** What a store says before a pull. */
export interface Look {
  /** Null when it was not asked for, or the store does not say it. */
  readonly sizeBytes: number | null;
  readonly checksums: TransferPlan['checksumsFound'];
}

/** What is looked at: one file, alone or as the first of a dataset. */
export interface LookedAt {
  readonly file: URL;
  readonly source: ChecksumSource;
  /** The file is all that will be pulled: its size is asked for, and a manifest has to name it. */
  readonly isAlone: boolean;
}

interface LookParts extends Pick<Parts, 'clock' | 'fetch' | 'surroundings'> {
  readonly facility: Pick<Parts['facility'], 'profile' | 'resolveFile'>;
}

interface Kept {
  readonly look: Look;
  readonly until: number;
}

/** Asks stores, by the rules of the puller, what a plan wants to say; the answers are kept for a minute. */
export class StoreLooks {
  readonly #parts: LookParts;
  readonly #limitMs: number;
  readonly #kept = new Map<string, Kept>();

  constructor(parts: LookParts, limitMs = LIMIT_MS) {
    this.#parts = parts;
    this.#limitMs = limitMs;
  }

  /** Throws `store-not-allowed`, and `file-missing` for a lone file that is not there. */
  async look(wanted: LookedAt, call: CallContext): Promise<Look> {
    const { file, isAlone, source } = wanted;
    const { id: facility, stores } = this.#parts.facility.profile();
    const store = storeOf(file, stores);
    const key = JSON.stringify([facility, store.id, file.href, source, isAlone]);
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.until > this.#parts.clock.monotonic()) {
      return kept.look;
    }
    const question = new StoreQuestion(this.#parts, store, wanted, {
      ...call,
      signal: AbortSignal.any([call.signal, AbortSignal.timeout(this.#limitMs)])
    });
    const look = await question.ask();
    call.signal.throwIfAborted();
    if (!question.isForThePerson) {
      this.#keep(key, look, question.isAnswered ? KEPT_MS : KEPT_UNKNOWN_MS);
    }
    return look;
  }

  #keep(key: string, look: Look, forMs: number): void {
    this.#kept.delete(key);
    this.#kept.set(key, { look, until: this.#parts.clock.monotonic() + forMs });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT_COUNT && oldest !== undefined) {
      this.#kept.delete(oldest);
    }
  }
}

/** One look at one file. */
class StoreQuestion {
  readonly #parts: LookParts;
  readonly #store: StoreProfile;
  readonly #wanted: LookedAt;
  readonly #call: CallContext;
  readonly #access: StoreAccess;
  /** Resolves when nobody waits any more: getting a token does not end with the signal. */
  readonly #isOver: Promise<null>;
  #probed: Promise<Probe> | null = null;
  /** Every part was answered. */
  isAnswered = true;
  /** It waits for a sign-in: what holds now may not hold a moment later. */
  isForThePerson = false;

  constructor(parts: LookParts, store: StoreProfile, wanted: LookedAt, call: CallContext) {
    this.#parts = parts;
    this.#store = store;
    this.#wanted = wanted;
    this.#call = call;
    this.#access = new StoreAccess(store, wanted.file.pathname, call, ONCE);
    this.#isOver = new Promise(resolve => {
      call.signal.addEventListener('abort', () => resolve(null));
      if (call.signal.aborted) {
        resolve(null);
      }
    });
  }

  async ask(): Promise<Look> {
    const { isAlone, source } = this.#wanted;
    const [sizeBytes, checksums] = await Promise.all([
      isAlone ? this.#orUnknown(this.#size()) : null,
      source.kind === 'none'
        ? ('none' as const)
        : this.#orUnknown(
            source.kind === 'manifest' ? this.#manifest(source.name) : this.#header(source.name)
          )
    ]);
    return { sizeBytes, checksums: checksums ?? 'not-known' };
  }

  /** Null for whatever keeps the store from answering, and for an answer that does not come in time. */
  async #orUnknown<T>(answer: Promise<T | null>): Promise<T | null> {
    try {
      const value = await Promise.race([answer, this.#isOver]);
      this.isAnswered &&= value !== null;
      return value;
    } catch (error) {
      this.isAnswered = false;
      const slug = error instanceof ProblemError ? error.slug : null;
      this.isForThePerson ||= slug === 'sign-in-needed';
      if (slug === 'file-missing' && this.#wanted.isAlone) {
        throw error;
      }
      return null;
    }
  }

  async #size(): Promise<number | null> {
    return (await this.#probe()).sizeBytes;
  }

  /** Null when something else than checksums came: the pull will refuse it. */
  async #manifest(name: string): Promise<Look['checksums'] | null> {
    const { file, isAlone } = this.#wanted;
    const ask = fetchFor(this.#store, this.#parts);
    const limits = { maxBytes: MANIFEST_BYTES, cut: true, timeoutMs: LIMIT_MS };
    for (const { path, url } of manifestPlaces(name, this.#store, file)) {
      const answer = await askForManifest(url, this.#store, this.#call, ask, limits);
      if (isNotThere(answer)) {
        continue;
      }
      const text = new TextDecoder().decode(answer.body);
      const checksums = parseManifest(name, text);
      if (answer.status !== 200 || (checksums.size === 0 && text.trim() !== '')) {
        return null;
      }
      // What a long manifest names behind the cut is not seen here.
      const isCut = answer.body.length === MANIFEST_BYTES;
      if (isAlone && !isCut ? checksums.has(path) : checksums.size > 0) {
        return 'there';
      }
    }
    return 'none';
  }

  async #header(name: string): Promise<Look['checksums']> {
    const checksum = await headerChecksum(await this.#probe(), name, this.#access, this.#asking());
    return checksum === null ? 'none' : 'there';
  }

  #probe(): Promise<Probe> {
    this.#probed ??= this.#access.withRetries(async authorization => {
      const { file, source } = this.#wanted;
      const headers = {
        ...authorization,
        ...wantedDigest(source.kind === 'header' ? source.name : null)
      };
      const found = await probe(file, headers, {
        ...this.#asking(),
        isAllowed: url => isBelowStore(url, this.#store)
      });
      if ('failure' in found) {
        return found;
      }
      return isWebPage(file, found)
        ? { failure: { kind: 'garbled', text: 'it is a web page' } }
        : { value: found };
    });
    return this.#probed;
  }

  #asking(): AskOptions {
    const ca = readAuthority(this.#store, name => this.#parts.facility.resolveFile(name));
    const { env } = this.#parts.surroundings;
    return { ca, env, timeoutMs: LIMIT_MS, signal: this.#call.signal };
  }
}
