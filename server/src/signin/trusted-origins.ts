import { problem } from '../core/problem.ts';
import type { ProviderProfile } from '../facility/profile.ts';

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/**
 * Where a provider's endpoints may lie: the issuer's own origin and those that the profile lists.
 * Without this, discovery could send the client secret anywhere.
 */
export class TrustedOrigins {
  readonly #title: string;
  readonly #allowsLoopbackHttp: boolean;
  readonly #origins: ReadonlySet<string>;

  constructor(provider: ProviderProfile, allowsLoopbackHttp: boolean) {
    this.#title = provider.title;
    this.#allowsLoopbackHttp = allowsLoopbackHttp;
    this.#origins = new Set(
      [provider.issuer, ...provider.allowed_endpoint_origins].map(url => new URL(url).origin)
    );
  }

  /** The address as a URL. Throws `provider-not-trusted` when it is not https or lies elsewhere. */
  check(address: unknown, what: string): URL {
    const url = typeof address === 'string' && URL.canParse(address) ? new URL(address) : null;
    if (url === null || url.username !== '' || url.password !== '') {
      throw problem(
        'provider-not-trusted',
        `${this.#title} sent an address for ${what} that cannot be used. Nothing was sent there; tell the facility.`
      );
    }
    const isSecure =
      url.protocol === 'https:' ||
      (url.protocol === 'http:' && this.#allowsLoopbackHttp && isLoopback(url.hostname));
    if (!isSecure) {
      throw problem(
        'provider-not-trusted',
        `${this.#title} uses an address for ${what} that is not https. Nothing was sent there; tell the facility.`,
        { extra: { protocol: url.protocol.slice(0, 20) } }
      );
    }
    if (!this.#origins.has(url.origin)) {
      throw problem(
        'provider-not-trusted',
        `${this.#title} points to another server for ${what} (${url.host.slice(0, 100)}), which the facility profile does not allow. Nothing was sent there; tell the facility.`,
        { extra: { origin: url.origin.slice(0, 120) } }
      );
    }
    return url;
  }
}
