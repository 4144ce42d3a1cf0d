import type { Clock } from './clock.ts';
import type { Log } from './log.ts';
import type { Secret } from './secret.ts';

/** What every port method gets: how to stop, where to log, and the only way to a token. */
export interface CallContext {
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly clock: Clock;
  /**
   * A token for a provider of the profile. Throws `sign-in-needed` when the person has to act.
   * `stale` is the token that was just refused: it is renewed once if it still is the current one.
   */
  token(provider: string, stale?: Secret): Promise<Secret>;
}
