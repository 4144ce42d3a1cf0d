import { problem } from '../core/problem.ts';

/** The decoded path segments of an address. Throws `bad-request` when its percent-encoding is broken. */
export function segmentsOf(url: URL): string[] {
  try {
    return url.pathname.split('/').slice(1).map(decodeURIComponent);
  } catch (error) {
    throw problem('bad-request', 'The percent signs in this address do not make sense.', {
      cause: error
    });
  }
}

/** Name of the file that an address ends with; empty for a folder. */
export function fileNameOf(url: URL): string {
  return segmentsOf(url).at(-1) ?? '';
}
