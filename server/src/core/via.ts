import { environmentAuthority } from './environment-authority.ts';
import { proxyFor, type Environment, type WebProxy } from './proxy.ts';

/** How an address is reached, and who vouches for its certificate. */
export interface Via {
  readonly proxy: WebProxy | null;
  /** PEM of the only authorities that are trusted; null for the usual ones, and for http, which asks none. */
  readonly ca: string | null;
}

/** The way to an address: a facility's own authority comes before that of the environment. */
export function viaFor(url: URL, env: Environment, ownAuthority: string | null): Via {
  return {
    proxy: proxyFor(url, env),
    ca: url.protocol === 'http:' ? null : (ownAuthority ?? environmentAuthority(env)?.pem ?? null)
  };
}
