import * as client from 'openid-client';
import { httpRequest, userAgent, type Fetch } from '../core/http-client.ts';
import type { Log } from '../core/log.ts';
import { problem } from '../core/problem.ts';
import { Secret } from '../core/secret.ts';
import type { ProviderProfile } from '../facility/profile.ts';
import { readDeviceCode, type DeviceCode } from './device-code.ts';
import { displayText } from './display-text.ts';
import { ProviderFailure } from './provider-failure.ts';
import { trustedMetadata } from './provider-metadata.ts';
import { readFailure } from './read-failure.ts';
import { MAX_NAME, readTokens, type TokenSet } from './token-set.ts';
import { TrustedOrigins } from './trusted-origins.ts';

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const MAX_ANSWER_BYTES = 1_000_000;
const CLOCK_TOLERANCE_S = 60;
/** Discovery is read anew after unknown keys, but not more often than this. */
const REDISCOVER_MS = 60_000;
/** Keys are fetched again when they are older; the library itself would not use them past 300 s. */
const KEYS_FRESH_MS = 240_000;

export interface GatewayOptions {
  readonly provider: ProviderProfile;
  /** Client secret of a confidential client; null for a public one. */
  readonly clientSecret: Secret | null;
  readonly allowsLoopbackHttp: boolean;
  /** Goes the way of this machine, and trusts who vouches for this provider. */
  readonly fetch: Fetch;
  readonly timeoutMs: number;
  readonly monotonic: () => number;
  readonly log: Log;
}

/** What the userinfo endpoint says about the person. */
export interface Person {
  readonly subject: string;
  readonly name: string | null;
}

/**
 * Everything that is ever sent to one sign-in service, and the checks on what comes back:
 * OpenID Connect by `openid-client`, with ID token signatures checked (it does not by default),
 * endpoints held to trusted origins, no redirects, no large answers.
 *
 * Methods throw a `ProviderFailure`, never an error of the library: those carry whole answers.
 */
export class ProviderGateway {
  readonly #options: GatewayOptions;
  readonly #origins: TrustedOrigins;
  readonly #fetch: Fetch;
  #metadata: client.ServerMetadata | null = null;
  #discoveredAt = 0;
  #keys: client.ExportedJWKSCache | null = null;
  #keysAt = 0;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#origins = new TrustedOrigins(options.provider, options.allowsLoopbackHttp);
    this.#fetch = options.fetch;
  }

  get title(): string {
    return this.#options.provider.title;
  }

  /** Reads what the service says of itself and holds it against the profile; nobody is signed in. */
  async discover(signal: AbortSignal): Promise<{ readonly hasDeviceGrant: boolean }> {
    return this.#guarded([], async () => {
      const config = await this.#configure(signal);
      return {
        hasDeviceGrant: config.serverMetadata().device_authorization_endpoint !== undefined
      };
    });
  }

  /** Asks for a device code (RFC 8628 §3.1) bound to a PKCE verifier (RFC 7636). */
  async askDeviceCode(signal: AbortSignal): Promise<DeviceCode> {
    const verifier = new Secret(client.randomPKCECodeVerifier());
    const challenge = await client.calculatePKCECodeChallenge(verifier.reveal());
    const { title } = this.#options.provider;
    return this.#guarded([verifier], async () => {
      const config = await this.#configure(signal);
      if (config.serverMetadata().device_authorization_endpoint === undefined) {
        throw new ProviderFailure(
          'sign-in-failed',
          `${title} does not offer sign-in with a code. Tell the facility: its profile needs another service.`
        );
      }
      const ask = (scopes: readonly string[]) =>
        client.initiateDeviceAuthorization(config, {
          scope: scopes.join(' '),
          code_challenge: challenge,
          code_challenge_method: 'S256'
        });
      const { scopes } = this.#options.provider;
      const answer = await ask(scopes).catch((error: unknown) => {
        const withoutOffline = scopes.filter(scope => scope !== 'offline_access');
        if (
          error instanceof client.ResponseBodyError &&
          error.error === 'invalid_scope' &&
          withoutOffline.length < scopes.length
        ) {
          // Sign-in without renewal is better than none.
          return ask(withoutOffline);
        }
        throw error;
      });
      return readDeviceCode(answer, verifier, this.#origins, title);
    });
  }

  /** Asks once whether the person has approved (RFC 8628 §3.4). A failure with `isTransient` means: ask again. */
  async pollDeviceCode(code: DeviceCode, signal: AbortSignal): Promise<TokenSet> {
    return this.#guarded([code.deviceCode, code.verifier], async () => {
      const config = await this.#configure(signal);
      const answer = await client.genericGrantRequest(config, DEVICE_GRANT, {
        device_code: code.deviceCode.reveal(),
        code_verifier: code.verifier.reveal()
      });
      return readTokens(answer, this.#options.provider.title);
    });
  }

  async refresh(refreshToken: Secret, signal: AbortSignal): Promise<TokenSet> {
    return this.#guarded([refreshToken], async () => {
      const config = await this.#configure(signal);
      const answer = await client.refreshTokenGrant(config, refreshToken.reveal());
      return readTokens(answer, this.#options.provider.title);
    });
  }

  /** Who signed in; `subject` is what the ID token says, and userinfo must agree (OIDC Core §5.3.2). */
  async person(access: Secret, subject: string | null, signal: AbortSignal): Promise<Person> {
    return this.#guarded([access], async () => {
      const config = await this.#configure(signal);
      const info = await client.fetchUserInfo(
        config,
        access.reveal(),
        subject ?? client.skipSubjectCheck
      );
      return {
        subject: info.sub,
        name: displayText(info.name, MAX_NAME) ?? displayText(info.preferred_username, MAX_NAME)
      };
    });
  }

  /** Makes a token useless (RFC 7009); does nothing where the provider has no endpoint for it. */
  async revoke(
    token: Secret,
    hint: 'access_token' | 'refresh_token',
    signal: AbortSignal
  ): Promise<void> {
    await this.#guarded([token], async () => {
      const config = await this.#configure(signal, false);
      if (config.serverMetadata().revocation_endpoint !== undefined) {
        await client.tokenRevocation(config, token.reveal(), { token_type_hint: hint });
      }
    });
  }

  async #guarded<T>(secrets: readonly Secret[], work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const failure = readFailure(error, this.#options.provider.title, secrets);
      if (failure.isKeyUnknown) {
        this.#keys = null;
        if (this.#options.monotonic() - this.#discoveredAt >= REDISCOVER_MS) {
          this.#metadata = null;
        }
      }
      this.#options.log.debug(
        {
          provider: this.#options.provider.id,
          slug: failure.slug,
          error: failure.oauthError,
          extra: failure.extra
        },
        'the sign-in service did not give what was asked'
      );
      throw failure;
    }
  }

  /**
   * A configuration for one request. Its signing keys are fetched first: where they cannot be had,
   * the request is not sent, and neither a device code nor a rotating refresh token is spent on it.
   */
  async #configure(signal: AbortSignal, needsKeys = true): Promise<client.Configuration> {
    const { provider, clientSecret } = this.#options;
    const door = this.#door(signal);
    this.#metadata ??= await this.#discover(door);
    const config = new client.Configuration(
      this.#metadata,
      provider.device.client_id,
      { [client.clockTolerance]: CLOCK_TOLERANCE_S },
      authentication(this.#metadata, clientSecret)
    );
    this.#apply(config, door);
    if (needsKeys) {
      client.setJwksCache(config, await this.#freshKeys(this.#metadata, door));
    }
    return config;
  }

  #apply(config: client.Configuration, door: client.CustomFetch): void {
    client.enableNonRepudiationChecks(config);
    if (this.#options.allowsLoopbackHttp) {
      // The library allows http everywhere then; the door still holds it to loopback.
      client.allowInsecureRequests(config);
    }
    config[client.customFetch] = door;
    // The door has the deadline; the library's own is only a second one behind it.
    config.timeout = (this.#options.timeoutMs * 2) / 1000;
  }

  async #discover(door: client.CustomFetch): Promise<client.ServerMetadata> {
    const { provider, timeoutMs, allowsLoopbackHttp } = this.#options;
    const found = await client.discovery(
      this.#origins.check(provider.issuer, 'its issuer'),
      provider.device.client_id,
      undefined,
      client.None(),
      {
        [client.customFetch]: door,
        timeout: (timeoutMs * 2) / 1000,
        execute: allowsLoopbackHttp
          ? [client.enableNonRepudiationChecks, client.allowInsecureRequests]
          : [client.enableNonRepudiationChecks]
      }
    );
    this.#discoveredAt = this.#options.monotonic();
    return trustedMetadata(found.serverMetadata(), provider, this.#origins);
  }

  async #freshKeys(
    metadata: client.ServerMetadata,
    door: client.CustomFetch
  ): Promise<client.ExportedJWKSCache> {
    const { provider, monotonic } = this.#options;
    if (this.#keys !== null && monotonic() - this.#keysAt < KEYS_FRESH_MS) {
      return this.#keys;
    }
    const response = await door(metadata.jwks_uri ?? '', {
      method: 'GET',
      headers: { accept: 'application/json' },
      body: undefined,
      redirect: 'manual'
    });
    const answer: unknown = response.ok ? await response.json().catch(() => null) : null;
    const keys = answer !== null && typeof answer === 'object' && 'keys' in answer && answer.keys;
    if (!Array.isArray(keys)) {
      throw new ProviderFailure(
        'provider-unreachable',
        `${provider.title} does not give its signing keys at the moment. Try again in a few minutes.`,
        { isTransient: true, extra: { status: response.status } }
      );
    }
    this.#keysAt = monotonic();
    this.#keys = {
      jwks: { keys: keys as client.ExportedJWKSCache['jwks']['keys'] },
      uat: Math.floor(Date.now() / 1000)
    };
    return this.#keys;
  }

  /** The library's only way to the network: pinned origins, a deadline, a size limit, no redirects. */
  #door(signal: AbortSignal): client.CustomFetch {
    const { provider, timeoutMs } = this.#options;
    return async (address, options) => {
      const url = this.#origins.check(address, 'a request');
      const answer = await httpRequest(
        url,
        {
          method: options.method === 'POST' ? 'POST' : 'GET',
          headers: { ...options.headers, 'user-agent': userAgent },
          ...(options.body == null ? {} : { body: formText(options.body) }),
          maxBytes: MAX_ANSWER_BYTES,
          timeoutMs,
          signal
        },
        this.#fetch
      );
      if (answer.status >= 300 && answer.status < 400) {
        throw problem(
          'provider-not-trusted',
          `${provider.title} redirects a request that must not be redirected. It was not followed; tell the facility.`
        );
      }
      const body = answer.status === 204 || answer.status === 205 ? null : Buffer.from(answer.body);
      return new Response(body, { status: answer.status, headers: answer.headers });
    };
  }
}

/** Requests to a provider are forms or have no body at all. */
function formText(body: client.FetchBody): string {
  if (body instanceof URLSearchParams) {
    return body.toString();
  }
  throw new TypeError('not a form');
}

/**
 * In the form where the provider takes that (its default is Basic, OIDC Discovery §3): Basic wants the secret
 * percent-encoded (RFC 6749 §2.3.1), which not every provider undoes.
 */
function authentication(metadata: client.ServerMetadata, secret: Secret | null): client.ClientAuth {
  if (secret === null) {
    return client.None();
  }
  return metadata.token_endpoint_auth_methods_supported?.includes('client_secret_post') === true
    ? client.ClientSecretPost(secret.reveal())
    : client.ClientSecretBasic(secret.reveal());
}
