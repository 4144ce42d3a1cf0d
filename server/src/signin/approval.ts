import type { Clock } from '../core/clock.ts';
import type { DeviceCode } from './device-code.ts';
import { ProviderFailure } from './provider-failure.ts';
import type { ProviderGateway } from './provider-gateway.ts';
import type { TokenSet } from './token-set.ts';

/** What `slow_down` adds to the interval, for good (RFC 8628 §3.5). */
const SLOW_DOWN_MS = 5000;
const LONGEST_INTERVAL_MS = 60_000;

/**
 * Polls until the person has approved, refused, or let the code expire (RFC 8628 §3.4, §3.5).
 * A provider that does not answer is asked again, less and less often, as long as the code lives.
 */
export async function waitForApproval(
  gateway: ProviderGateway,
  code: DeviceCode,
  clock: Clock,
  signal: AbortSignal
): Promise<TokenSet> {
  const endsAt = clock.monotonic() + code.lifeMs;
  let intervalMs = code.intervalMs;
  let waitMs = intervalMs;
  let trouble: ProviderFailure | null = null;
  for (;;) {
    const leftMs = endsAt - clock.monotonic();
    if (leftMs <= 0) {
      // Nobody can tell a person "too late" when it was the provider that did not answer.
      throw (
        trouble ??
        new ProviderFailure(
          'sign-in-expired',
          `The code for ${gateway.title} was not entered in time. Get a new code.`
        )
      );
    }
    await clock.sleep(Math.min(waitMs, leftMs), signal);
    try {
      return await gateway.pollDeviceCode(code, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ProviderFailure) || !error.isTransient) {
        throw error;
      }
      if (error.oauthError === 'slow_down') {
        intervalMs += SLOW_DOWN_MS;
      }
      const isWaiting =
        error.oauthError === 'authorization_pending' || error.oauthError === 'slow_down';
      trouble = isWaiting ? null : error;
      waitMs = isWaiting ? intervalMs : Math.min(waitMs * 2, LONGEST_INTERVAL_MS);
      waitMs = Math.max(waitMs, intervalMs, error.retryAfterMs ?? 0);
    }
  }
}
