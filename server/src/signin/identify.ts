import type { Log } from '../core/log.ts';
import { ProviderFailure } from './provider-failure.ts';
import type { ProviderGateway } from './provider-gateway.ts';
import type { TokenSet } from './token-set.ts';

/** Who signed in: what is pinned, and what is shown. */
export interface Identity {
  readonly subject: string;
  readonly name: string;
}

/**
 * Asks userinfo for the name, which many providers put nowhere else.
 * An endpoint that is down, or that speaks of another person, costs the name and not the sign-in.
 */
export async function identify(
  gateway: ProviderGateway,
  tokens: TokenSet,
  log: Log,
  signal: AbortSignal
): Promise<Identity> {
  const person = await gateway
    .person(tokens.access, tokens.subject, signal)
    .catch((error: unknown) => {
      const reason = error instanceof ProviderFailure ? error.message : '';
      log.warn({ reason }, 'the sign-in service does not say the name of the person');
      return null;
    });
  const subject = tokens.subject ?? person?.subject;
  if (subject === undefined) {
    throw new ProviderFailure(
      'provider-not-trusted',
      `${gateway.title} does not say who signed in. The sign-in is not used; try again, and tell the facility if it stays.`
    );
  }
  return { subject, name: person?.name ?? tokens.name ?? `${gateway.title} account` };
}
