import type { CallContext } from '../../core/call-context.ts';
import type { Secret } from '../../core/secret.ts';
import type { StoreProfile } from '../../facility/profile.ts';
import { failureProblem, isTransient } from './failure-problem.ts';
import type { RangeFailure } from './messages.ts';
import { removeLeftovers } from './target.ts';

/** What tests and benches may change. */
export interface PullOptions {
  readonly idleMs: number;
  readonly retries: number;
  readonly firstBackoffMs: number;
  /** Off only in benches, where the other side does not sync either. */
  readonly isSynced: boolean;
}

const MAX_BACKOFF_MS = 30_000;

/** How one pull speaks with its store: with which token, how often again, and what a failure means. */
export class StoreAccess {
  readonly #store: StoreProfile;
  readonly #target: string;
  readonly #call: CallContext;
  readonly #options: PullOptions;
  #token: Secret | null = null;

  constructor(store: StoreProfile, target: string, call: CallContext, options: PullOptions) {
    this.#store = store;
    this.#target = target;
    this.#call = call;
    this.#options = options;
  }

  /** The header that the store wants; none for open data. Throws `sign-in-needed`. */
  async authorization(): Promise<Record<string, string>> {
    const provider = this.#store.token_from;
    if (provider === undefined) {
      return {};
    }
    this.#token = await this.#call.token(provider);
    return { authorization: `Bearer ${this.#token.reveal()}` };
  }

  /** Repeats what may work a moment later; a token that was refused is renewed once. */
  async withRetries<T>(
    attempt: () => Promise<{ value: T } | { failure: RangeFailure }>,
    signal: AbortSignal = this.#call.signal
  ): Promise<T> {
    let isRenewed = false;
    for (let failures = 0; ;) {
      const outcome = await attempt();
      if ('value' in outcome) {
        return outcome.value;
      }
      signal.throwIfAborted();
      const { failure } = outcome;
      if (
        failure.kind === 'status' &&
        failure.status === 401 &&
        this.#store.token_from !== undefined &&
        !isRenewed
      ) {
        isRenewed = true;
        await this.#call.token(this.#store.token_from, this.#token ?? undefined);
        continue;
      }
      failures++;
      if (!isTransient(failure) || failures > this.#options.retries) {
        if (failure.kind === 'changed') {
          await removeLeftovers(this.#target);
        }
        throw failureProblem(failure, {
          store: this.#store.title,
          file: this.#target.slice(this.#target.lastIndexOf('/') + 1),
          target: this.#target
        });
      }
      await this.#call.clock.sleep(this.#backoffMs(failure, failures), signal);
    }
  }

  #backoffMs(failure: RangeFailure, failures: number): number {
    const asked = failure.kind === 'status' ? Number(failure.retryAfter ?? Number.NaN) : Number.NaN;
    const own = this.#options.firstBackoffMs * 2 ** (failures - 1);
    return Math.min(MAX_BACKOFF_MS, Number.isFinite(asked) ? Math.max(own, asked * 1000) : own);
  }
}
