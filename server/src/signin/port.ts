import type { PendingSignin, SigninState } from '#contract';
import type { Secret } from '../core/secret.ts';

/** What other domains need of sign-in. */
export interface TokenSource {
  /**
   * An access token for a provider of the active profile. Renews when it can, one renewal at a time.
   * `stale` was just refused by a service. Throws `sign-in-needed` when the person has to act, and
   * `provider-unreachable` when the token has ended and the provider is down: that heals without the person.
   */
  token(provider: string, stale?: Secret): Promise<Secret>;
  /** Somebody is signed in at this provider; asks nobody. */
  hasAccount(provider: string): boolean;
  /** Calls back whenever a sign-in has succeeded. */
  onSignedIn(listener: () => void): void;
}

/** What the routes need. */
export interface SigninPort extends TokenSource {
  state(): SigninState;
  start(provider: string): Promise<PendingSignin>;
  /** Gives up a pending sign-in. */
  abandon(): void;
  /** Forgets the tokens at once, then revokes what was ours at the provider (best effort). */
  signOut(): Promise<void>;
}
