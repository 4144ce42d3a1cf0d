import type { SigninState } from '#contract';
import { isoTime } from '../core/clock.ts';
import type { Account } from './account.ts';

/** What a person sees of an account; nothing of it is a secret. */
export function describeAccount(account: Account): NonNullable<SigninState['account']> {
  const { missingScopes } = account;
  return {
    provider: account.provider.id,
    providerTitle: account.provider.title,
    name: account.name,
    expiresAt: isoTime(account.endsAt),
    renews: account.renews,
    ...(missingScopes.length === 0 ? {} : { missingScopes: [...missingScopes] })
  };
}
