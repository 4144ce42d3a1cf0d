import { httpRequest } from '../../core/http-client.ts';
import type { Parts } from '../../parts.ts';
import { ok, type Check } from '../port.ts';

/** Sign-in services allow a minute or less; certificates and whitelists are generous. */
const WRONG_MS = 60_000;
const TIMEOUT_MS = 5000;

/** Our clock against the `Date` (RFC 9110 §6.6.1) of the first service that has one. */
export function clock(parts: Pick<Parts, 'facility' | 'fetch' | 'clock'>): Check {
  return {
    id: 'machine.clock',
    title: 'Clock',
    run: async ({ signal }) => {
      const { catalogues, providers, stores } = parts.facility.profile();
      const [where] = [
        ...providers.map(({ issuer }) => issuer),
        ...catalogues.map(({ api }) => api),
        ...stores.map(({ url }) => url)
      ];
      if (where === undefined) {
        return { state: 'skipped', text: 'This facility names no service to compare with.' };
      }
      const url = new URL(where);
      const before = parts.clock.now();
      const { headers } = await httpRequest(
        url,
        { method: 'HEAD', maxBytes: 65_536, cut: true, timeoutMs: TIMEOUT_MS, signal },
        parts.fetch
      );
      const theirs = Date.parse(headers.get('date') ?? '');
      if (Number.isNaN(theirs)) {
        return { state: 'skipped', text: `${url.host} does not say what time it is.` };
      }
      const offMs = (before + parts.clock.now()) / 2 - theirs;
      // `Date` has whole seconds.
      const seconds = Math.round(Math.max(0, Math.abs(offMs) - 1000) / 1000);
      return seconds * 1000 < WRONG_MS
        ? ok(`It agrees with ${url.host} to ${Math.max(1, seconds)} s.`)
        : {
            state: 'failed',
            text: `It is ${seconds} s ${offMs > 0 ? 'ahead of' : 'behind'} ${url.host}: sign-in and signatures will be refused.`,
            cure: 'Ask the administrator of this machine to set its clock (NTP).'
          };
    }
  };
}
