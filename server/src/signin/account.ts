import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { problem, type ProblemError } from '../core/problem.ts';
import type { Secret } from '../core/secret.ts';
import type { ProviderProfile } from '../facility/profile.ts';
import { ProviderFailure } from './provider-failure.ts';
import type { ProviderGateway } from './provider-gateway.ts';
import type { TokenSet } from './token-set.ts';

/** A token is renewed when this share of its life is over, … */
const RENEW_AT_SHARE = 0.75;
/** … or when only this is left; but never in the first half of its life, however short that is. */
const RENEW_BEFORE_END_MS = 60_000;
/** A token that replaced a refused one is not replaced again within this time: then it is not its age. */
const REFUSED_AGAIN_MS = 5000;
const FIRST_BACKOFF_MS = 10_000;
const LONGEST_BACKOFF_MS = 300_000;

export interface AccountOptions {
  readonly provider: ProviderProfile;
  readonly gateway: ProviderGateway;
  readonly tokens: TokenSet;
  /** `sub`, pinned for as long as the account lives; the issuer is pinned by the gateway. */
  readonly subject: string;
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Ends with the process. A renewal under way at sign-out is let come in, so that its tokens can be revoked. */
  readonly signal: AbortSignal;
  /** Something that a person sees has changed: the end of the token, or whether renewing works. */
  readonly onChange: () => void;
  /** The account cannot be used any more; the person has to sign in again. */
  readonly onLost: (why: ProblemError) => void;
  /** Tokens that came in after the sign-out: to be revoked. */
  readonly onLate: (tokens: TokenSet) => void;
}

/**
 * The signed-in person at one provider, with the tokens: in memory, nowhere else.
 * Renews when somebody needs a token, one renewal at a time.
 */
export class Account {
  readonly provider: ProviderProfile;
  readonly name: string;
  readonly gateway: ProviderGateway;
  readonly #options: AccountOptions;
  readonly #ending = new AbortController();
  #tokens: TokenSet | null;
  #receivedAt: { readonly monotonic: number; readonly wall: number };
  #renewal: Promise<Secret> | null = null;
  #trouble: ProviderFailure | null = null;
  #failures = 0;
  #retryAt = 0;
  #replacedRefusedAt = Number.NEGATIVE_INFINITY;

  constructor(options: AccountOptions) {
    this.#options = options;
    this.provider = options.provider;
    this.name = options.name;
    this.gateway = options.gateway;
    this.#tokens = options.tokens;
    this.#receivedAt = this.#now();
    if (options.tokens.refresh === null) {
      void this.#watchEnd(options.tokens.lifeMs);
    }
  }

  /** When the access token ends, in milliseconds since the epoch. */
  get endsAt(): number {
    return this.#receivedAt.wall + (this.#tokens?.lifeMs ?? 0);
  }

  /** True when the token is renewed without the person. */
  get renews(): boolean {
    return this.#tokens?.refresh != null;
  }

  /** Why renewing does not work at the moment; the token at hand is used until it ends. */
  get trouble(): ProviderFailure | null {
    return this.#trouble;
  }

  /** What was asked for and not granted. `offline_access` shows as "does not renew" instead. */
  get missingScopes(): readonly string[] {
    const granted = this.#tokens?.scopes ?? null;
    return granted === null
      ? []
      : this.provider.scopes.filter(
          scope => scope !== 'offline_access' && !granted.includes(scope)
        );
  }

  /**
   * A token that may be used now. `stale` is one that a service just refused.
   * Throws `sign-in-needed` when the person has to act; `provider-unreachable` when the token has ended
   * and the provider does not answer: that heals by itself.
   */
  async token(stale?: Secret): Promise<Secret> {
    const tokens = this.#tokens;
    if (tokens === null) {
      throw signInNeeded(this.provider.title);
    }
    if (this.#renewal !== null) {
      return this.#renewal;
    }
    const isRefused = stale?.reveal() === tokens.access.reveal() && !this.#wasJustReplaced();
    if (!isRefused && this.#ageMs() < renewAtMs(tokens.lifeMs)) {
      return tokens.access;
    }
    if (tokens.refresh === null) {
      if (!isRefused && !this.#hasEnded()) {
        return tokens.access;
      }
      throw this.#lose(signInEnded(this.provider.title));
    }
    if (this.#trouble !== null && this.#options.clock.monotonic() < this.#retryAt) {
      if (isRefused) {
        throw this.#trouble;
      }
      return this.#useWhatIsLeft(this.#trouble);
    }
    this.#renewal = this.#renew(tokens.refresh, isRefused).finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  /** Forgets the tokens and gives them back, so that they can be revoked. */
  close(): TokenSet | null {
    const tokens = this.#tokens;
    this.#tokens = null;
    this.#ending.abort();
    return tokens;
  }

  async #renew(refreshToken: Secret, isRefused: boolean): Promise<Secret> {
    const { gateway, subject, log, provider } = this.#options;
    let fresh: TokenSet;
    try {
      fresh = await gateway.refresh(refreshToken, this.#options.signal);
    } catch (error) {
      if (!(error instanceof ProviderFailure) || this.#tokens === null) {
        throw this.#tokens === null ? signInNeeded(provider.title) : error;
      }
      this.#renewalFailed(error);
      if (isRefused) {
        throw error;
      }
      return this.#useWhatIsLeft(error);
    }
    if (this.#tokens === null) {
      // Signed out meanwhile: what came too late is not kept either.
      this.#options.onLate(fresh);
      throw signInNeeded(provider.title);
    }
    if (fresh.subject !== null && fresh.subject !== subject) {
      throw this.#lose(
        problem(
          'provider-not-trusted',
          `${provider.title} renewed the sign-in for another person. It was ended here; sign in again, and tell the facility.`
        )
      );
    }
    // A provider that does not rotate sends no new refresh token, or no word about scopes: what was, stays.
    this.#tokens = {
      ...fresh,
      refresh: fresh.refresh ?? refreshToken,
      scopes: fresh.scopes ?? this.#tokens.scopes
    };
    this.#receivedAt = this.#now();
    this.#trouble = null;
    this.#failures = 0;
    if (isRefused) {
      this.#replacedRefusedAt = this.#receivedAt.monotonic;
    }
    log.info({ provider: provider.id, lifeMs: fresh.lifeMs }, 'sign-in renewed');
    this.#options.onChange();
    return fresh.access;
  }

  #renewalFailed(failure: ProviderFailure): void {
    const isOver = failure.oauthError !== null && !failure.isTransient;
    if (isOver || (!failure.isTransient && this.#hasEnded())) {
      throw this.#lose(
        isOver && failure.oauthError === 'invalid_grant'
          ? signInEnded(this.provider.title)
          : failure
      );
    }
    const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** this.#failures, LONGEST_BACKOFF_MS);
    this.#failures += 1;
    this.#retryAt =
      this.#options.clock.monotonic() + Math.max(backoffMs, failure.retryAfterMs ?? 0);
    const isNews = this.#trouble?.message !== failure.message;
    this.#trouble = failure;
    if (isNews) {
      this.#options.onChange();
    }
  }

  #useWhatIsLeft(failure: ProviderFailure): Secret {
    if (this.#tokens === null || this.#hasEnded()) {
      throw failure;
    }
    return this.#tokens.access;
  }

  #lose(why: ProblemError): ProblemError {
    this.close();
    this.#options.onLost(why);
    return signInNeeded(this.provider.title);
  }

  async #watchEnd(lifeMs: number): Promise<void> {
    try {
      await this.#options.clock.sleep(lifeMs, this.#ending.signal);
      this.#lose(signInEnded(this.provider.title));
    } catch {
      // Signed out before the token ended.
    }
  }

  #now(): { monotonic: number; wall: number } {
    return { monotonic: this.#options.clock.monotonic(), wall: this.#options.clock.now() };
  }

  /** By the clock that never jumps, and by the one that goes on while a laptop sleeps; the later one counts. */
  #ageMs(): number {
    const now = this.#now();
    return Math.max(now.monotonic - this.#receivedAt.monotonic, now.wall - this.#receivedAt.wall);
  }

  #hasEnded(): boolean {
    return this.#tokens === null || this.#ageMs() >= this.#tokens.lifeMs;
  }

  #wasJustReplaced(): boolean {
    return this.#options.clock.monotonic() - this.#replacedRefusedAt < REFUSED_AGAIN_MS;
  }
}

function renewAtMs(lifeMs: number): number {
  return Math.max(Math.min(lifeMs * RENEW_AT_SHARE, lifeMs - RENEW_BEFORE_END_MS), lifeMs / 2);
}

/** The problem that every caller gets who needs a token and cannot have one without the person. */
export function signInNeeded(title: string): ProblemError {
  return problem('sign-in-needed', `Sign in at ${title} to go on.`);
}

function signInEnded(title: string): ProblemError {
  return problem(
    'sign-in-needed',
    `Your sign-in at ${title} has ended. Sign in again: what waits for it then goes on by itself.`
  );
}
