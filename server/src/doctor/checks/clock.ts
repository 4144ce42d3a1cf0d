import { httpRequest } from '../../core/http-client.ts';
import { ProblemError } from '../../core/problem.ts';
import type { Parts } from '../../parts.ts';
import { notChecked, ok, type Check } from '../port.ts';

/** Sign-in services allow a minute or less; certificates and whitelists are generous. */
const WRONG_MS = 60_000;
const TIMEOUT_MS = 5000;

/** Null when the service cannot be asked or does not say: whether it works is another check. */
async function timeAt(
  url: URL,
  parts: Pick<Parts, 'fetch'>,
  signal: AbortSignal
): Promise<number | null> {
  try {
    const { headers } = await httpRequest(
      url,
      { method: 'HEAD', maxBytes: 65_536, cut: true, timeoutMs: TIMEOUT_MS, signal },
      parts.fetch
    );
    const time = Date.parse(headers.get('date') ?? '');
    return Number.isNaN(time) ? null : time;
  } catch (error) {
    if (error instanceof ProblemError) {
      return null;
    }
    throw error;
  }
}

/** Our clock against the `Date` (RFC 9110 §6.6.1) of the first service that has one. */
export function clock(parts: Pick<Parts, 'facility' | 'fetch' | 'clock'>): Check {
  return {
    id: 'machine.clock',
    title: 'Clock',
    run: async ({ signal }) => {
      const profile = parts.facility.current();
      if (profile === null) {
        return notChecked('no facility is there to compare with.');
      }
      const { catalogues, providers, stores } = profile;
      const [where] = [
        ...providers.map(({ issuer }) => issuer),
        ...catalogues.map(({ api }) => api),
        ...stores.map(({ url }) => url)
      ];
      if (where === undefined) {
        return notChecked('this facility names no service to compare with.');
      }
      const url = new URL(where);
      const before = parts.clock.now();
      const theirs = await timeAt(url, parts, signal);
      if (theirs === null) {
        return notChecked(`${url.host}, which would tell the time, does not.`);
      }
      const offMs = (before + parts.clock.now()) / 2 - theirs;
      // `Date` has whole seconds.
      const seconds = Math.round(Math.max(0, Math.abs(offMs) - 1000) / 1000);
      return seconds * 1000 < WRONG_MS
        ? ok(`It agrees with ${url.host} to ${Math.max(1, seconds)} s.`)
        : {
            state: 'failed',
            text:
              offMs > 0
                ? `It is ${seconds} s ahead of ${url.host}: sign-in and signatures will be refused.`
                : `It is ${seconds} s behind ${url.host}: sign-in and signatures will be refused.`,
            cure: 'Ask the administrator of this machine to set its clock (NTP).'
          };
    }
  };
}
