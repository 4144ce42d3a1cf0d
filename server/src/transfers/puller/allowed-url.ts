import { problem } from '../../core/problem.ts';
import type { StoreProfile } from '../../facility/profile.ts';

/** True when the address lies at or below the store's; both are compared after the URL parser's normalisation. */
export function isBelowStore(url: URL, store: Pick<StoreProfile, 'url'>): boolean {
  const base = new URL(store.url);
  const folder = base.pathname.endsWith('/') ? base.pathname : `${base.pathname}/`;
  return (
    url.origin === base.origin &&
    url.username === '' &&
    url.password === '' &&
    // The parser resolves `..` and `%2e%2e`; a server may also decode these.
    !/%2f|%5c|\\|%00/i.test(url.pathname) &&
    (url.pathname === base.pathname || url.pathname.startsWith(folder))
  );
}

/** The store that an address belongs to (the longest one that fits). Throws `store-not-allowed`. */
export function storeOf(url: URL, stores: readonly StoreProfile[]): StoreProfile {
  const fitting = stores
    .filter(store => isBelowStore(url, store))
    .sort((a, b) => b.url.length - a.url.length);
  const [store] = fitting;
  if (store === undefined) {
    const address = `${url.origin}${url.pathname.slice(0, 200)}`;
    throw problem(
      'store-not-allowed',
      `${address} belongs to no store of this facility profile, so nothing is fetched from there.`
    );
  }
  return store;
}
