import type { CallContext } from '../../core/call-context.ts';
import { problem, ProblemError } from '../../core/problem.ts';
import type { Environment } from '../../core/proxy.ts';
import type { Secret } from '../../core/secret.ts';
import type { StoreProfile } from '../../facility/profile.ts';
import { failureProblem, isTransient } from './failure-problem.ts';
import type { RangeFailure } from './messages.ts';

/** What this machine says, and what tests and benches may change. */
export interface PullOptions {
  readonly idleMs: number;
  readonly retries: number;
  readonly firstBackoffMs: number;
  /** Off only in benches, where the other side does not sync either. */
  readonly isSynced: boolean;
  /** Names the proxies and the authorities of this machine. */
  readonly env: Environment;
}

/** How one attempt ended. `gainedBytes` are kept: the next attempt goes on behind them. */
export type Attempt<T> =
  { readonly value: T } | { readonly failure: RangeFailure; readonly gainedBytes?: number };

type RetryOptions = Pick<PullOptions, 'retries' | 'firstBackoffMs'>;

type Authorization = Readonly<Record<string, string>>;

const MAX_BACKOFF_MS = 30_000;
/** A store may ask for a longer pause (RFC 9110 §10.2.3), but not for ever. */
const MAX_ASKED_MS = 300_000;
/** An attempt that brought this much counts as a success: a cut of a long range is not the same fault again. */
const WORTHWHILE_BYTES = 65_536;

/** How one pull speaks with its store: with which token, how often again, and what a failure means. */
export class StoreAccess {
  readonly #store: StoreProfile;
  readonly #target: string;
  readonly #call: CallContext;
  readonly #options: RetryOptions;

  constructor(store: StoreProfile, target: string, call: CallContext, options: RetryOptions) {
    this.#store = store;
    this.#target = target;
    this.#call = call;
    this.#options = options;
  }

  /**
   * Repeats what may work a moment later, each time with the token that holds then. A token that was refused
   * is renewed once. Throws `sign-in-needed` when the person has to act.
   */
  async withRetries<T>(
    attempt: (authorization: Authorization) => Promise<Attempt<T>>,
    signal: AbortSignal = this.#call.signal
  ): Promise<T> {
    let isRenewed = false;
    let stale: Secret | undefined;
    for (let failures = 0; ;) {
      const token = await this.#token(stale, signal);
      const outcome = await attempt(
        token === null ? {} : { authorization: `Bearer ${token.reveal()}` }
      );
      if ('value' in outcome) {
        return outcome.value;
      }
      signal.throwIfAborted();
      const { failure, gainedBytes = 0 } = outcome;
      if (gainedBytes >= WORTHWHILE_BYTES) {
        failures = 0;
        isRenewed = false;
      }
      stale = undefined;
      if (failure.kind === 'status' && failure.status === 401 && token !== null && !isRenewed) {
        isRenewed = true;
        stale = token;
        continue;
      }
      failures++;
      if (!isTransient(failure) || failures > this.#options.retries) {
        throw failureProblem(failure, {
          store: this.#store.title,
          file: this.#target.slice(this.#target.lastIndexOf('/') + 1),
          target: this.#target
        });
      }
      await this.#call.clock.sleep(this.#backoffMs(failure, failures), signal);
    }
  }

  /** Null for open data. A provider that is down heals without the person: it is asked again. */
  async #token(stale: Secret | undefined, signal: AbortSignal): Promise<Secret | null> {
    const provider = this.#store.token_from;
    if (provider === undefined) {
      return null;
    }
    for (let failures = 1; ; failures++) {
      try {
        return usable(await this.#call.token(provider, stale));
      } catch (error) {
        const isPassing = error instanceof ProblemError && error.slug === 'provider-unreachable';
        if (!isPassing || failures > this.#options.retries) {
          throw error;
        }
      }
      await this.#call.clock.sleep(this.#ownBackoffMs(failures), signal);
    }
  }

  #ownBackoffMs(failures: number): number {
    return Math.min(MAX_BACKOFF_MS, this.#options.firstBackoffMs * 2 ** (failures - 1));
  }

  #backoffMs(failure: RangeFailure, failures: number): number {
    const own = this.#ownBackoffMs(failures);
    const asked = failure.kind === 'status' ? this.#retryAfterMs(failure.retryAfter) : null;
    return asked === null ? own : Math.max(own, Math.min(MAX_ASKED_MS, asked));
  }

  /** `Retry-After`: seconds, or a date (RFC 9110 §10.2.3). */
  #retryAfterMs(value: string | null): number | null {
    if (value === null) {
      return null;
    }
    const ms = /^\d{1,9}$/.test(value)
      ? Number(value) * 1000
      : Date.parse(value) - this.#call.clock.now();
    return Number.isFinite(ms) ? Math.max(0, ms) : null;
  }
}

/** The bare socket writes headers as they are, so nothing may be in a token that could begin another header. */
function usable(token: Secret): Secret {
  if (!/^[\x21-\x7e]+$/.test(token.reveal())) {
    throw problem(
      'provider-not-trusted',
      'The sign-in service gave a token that cannot be sent to a store. Tell its operators.'
    );
  }
  return token;
}
