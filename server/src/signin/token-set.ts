import type { TokenEndpointResponse, TokenEndpointResponseHelpers } from 'openid-client';
import { Secret } from '../core/secret.ts';
import { displayText } from './display-text.ts';
import { ProviderFailure } from './provider-failure.ts';

/** Life of an access token whose provider does not say (`expires_in` is only recommended, RFC 6749 §5.1). */
const ASSUMED_LIFE_MS = 300_000;
const LONGEST_LIFE_MS = 7 * 24 * 3_600_000;

/** Characters that fit into an Authorization header; anything else would split it. */
const tokenCharacters = /^[\x21-\x7e]+$/;

/** What a provider granted, checked and wrapped. */
export interface TokenSet {
  readonly access: Secret;
  readonly refresh: Secret | null;
  readonly lifeMs: number;
  /** Granted scopes; null when the provider does not say, which means: as asked (RFC 6749 §5.1). */
  readonly scopes: readonly string[] | null;
  /** `sub` of the ID token, stored and compared exactly; null when there is no ID token. */
  readonly subject: string | null;
  /** A name for display from the ID token. */
  readonly name: string | null;
}

/** Longest name that is shown, in characters. */
export const MAX_NAME = 80;

function token(value: string, title: string): Secret {
  if (!tokenCharacters.test(value)) {
    throw new ProviderFailure(
      'provider-not-trusted',
      `${title} sent a token with characters that no token may have. It is not used; tell the facility.`
    );
  }
  return new Secret(value);
}

/** Reads a token response. Throws `provider-not-trusted` for what could harm. */
export function readTokens(
  response: TokenEndpointResponse & TokenEndpointResponseHelpers,
  title: string
): TokenSet {
  if (response.token_type !== 'bearer') {
    throw new ProviderFailure(
      'provider-not-trusted',
      `${title} sent a kind of token that was not asked for. It is not used; tell the facility.`
    );
  }
  const claims = response.claims();
  if (claims?.nonce !== undefined) {
    // We never send a nonce: this ID token was made for somebody else's request.
    throw new ProviderFailure(
      'provider-not-trusted',
      `${title} sent a proof of identity that was made for another request. It is not used; tell the facility.`
    );
  }
  const { access_token, refresh_token, expires_in, scope } = response;
  return {
    access: token(access_token, title),
    refresh: refresh_token === undefined ? null : token(refresh_token, title),
    lifeMs:
      expires_in === undefined ? ASSUMED_LIFE_MS : Math.min(expires_in * 1000, LONGEST_LIFE_MS),
    scopes: scope === undefined ? null : scope.split(' ').filter(word => word !== ''),
    subject: claims?.sub ?? null,
    name:
      displayText(claims?.['name'], MAX_NAME) ??
      displayText(claims?.['preferred_username'], MAX_NAME)
  };
}
