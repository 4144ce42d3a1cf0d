import type { ServerMetadata } from 'openid-client';
import type { ProviderProfile } from '../facility/profile.ts';
import { ProviderFailure } from './provider-failure.ts';
import type { TrustedOrigins } from './trusted-origins.ts';

/**
 * The part of a discovery document (OpenID Connect Discovery 1.0 §3) that is used, every address in it checked.
 * The issuer must be the profile's, letter by letter.
 */
export function trustedMetadata(
  found: ServerMetadata,
  provider: ProviderProfile,
  origins: TrustedOrigins
): ServerMetadata {
  const { title } = provider;
  if (found.issuer !== provider.issuer) {
    throw new ProviderFailure(
      'provider-not-trusted',
      `${title} calls itself by another name than the facility profile does. Nothing was sent there; tell the facility to compare the issuer.`
    );
  }
  const optional = (address: unknown, what: string): string | undefined =>
    address === undefined ? undefined : origins.check(address, what).href;
  const endpoints = {
    token_endpoint: origins.check(found.token_endpoint, 'tokens').href,
    jwks_uri: origins.check(found.jwks_uri, 'its keys').href,
    device_authorization_endpoint: optional(found.device_authorization_endpoint, 'sign-in codes'),
    userinfo_endpoint: optional(found.userinfo_endpoint, "the person's name"),
    revocation_endpoint: optional(found.revocation_endpoint, 'sign-out')
  };
  const lists = {
    id_token_signing_alg_values_supported: found.id_token_signing_alg_values_supported,
    userinfo_signing_alg_values_supported: found.userinfo_signing_alg_values_supported,
    token_endpoint_auth_methods_supported: found.token_endpoint_auth_methods_supported
  };
  const metadata: Record<string, string | string[]> & { issuer: string } = {
    issuer: provider.issuer
  };
  for (const [name, value] of Object.entries({ ...endpoints, ...lists })) {
    if (typeof value === 'string' || Array.isArray(value)) {
      metadata[name] = value;
    }
  }
  return metadata;
}
