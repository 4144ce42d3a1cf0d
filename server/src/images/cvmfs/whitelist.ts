import { problem } from '../../core/problem.ts';
import type { HashAlgorithm } from './hash.ts';
import { isWebPage, splitSignedText, type SignedText } from './signed-text.ts';

/** Which certificates may sign the manifest, and until when. Not to be used before its signature was checked. */
export interface Whitelist {
  readonly fqrn: string;
  /** Start of the hour in which it stops being valid: the client compares whole hours only. */
  readonly expiresAtMs: number;
  readonly fingerprints: readonly Fingerprint[];
  readonly signed: SignedText;
}

interface Fingerprint {
  readonly algorithm: HashAlgorithm;
  readonly hex: string;
}

/** Longest whitelist that is read. */
export const MAX_WHITELIST_BYTES = 262_144;
const expiryPattern = /^E(\d{4})(\d\d)(\d\d)(\d\d)\d{4}$/;
const fingerprintPattern = /^([0-9A-F]{2}(?::[0-9A-F]{2}){19})(?:-(RMD160|SHAKE128))?$/i;

function readExpiry(line: string | undefined): number | null {
  const [, year, month, day, hour] = (expiryPattern.exec(line ?? '') ?? []).map(Number);
  if (year === undefined || month === undefined || day === undefined || hour === undefined) {
    return null;
  }
  const inRange = month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour <= 23;
  return inRange ? Date.UTC(year, month - 1, day, hour) : null;
}

function readFingerprint(line: string): Fingerprint | null {
  const [, colons, suffix] = fingerprintPattern.exec(line.split(/[ \t#]/, 1)[0] ?? '') ?? [];
  if (colons === undefined) {
    return null;
  }
  const algorithm = suffix?.toLowerCase();
  return {
    hex: colons.replaceAll(':', '').toLowerCase(),
    algorithm: algorithm === 'rmd160' || algorithm === 'shake128' ? algorithm : 'sha1'
  };
}

/**
 * Reads `.cvmfswhitelist`. Dates, names and the signature are judged elsewhere.
 *
 * Throws `upstream-garbled` and `repository-not-trusted`; never anything else.
 */
export function parseWhitelist(bytes: Uint8Array, server: string): Whitelist {
  if (bytes.byteLength > MAX_WHITELIST_BYTES || isWebPage(bytes)) {
    throw problem(
      'upstream-garbled',
      `${server} did not send a whitelist but a web page or something far too long.`
    );
  }
  const signed = splitSignedText(bytes);
  const [issued, expiry, name, ...rest] = signed.lines;
  const expiresAtMs = readExpiry(expiry);
  if (!/^\d{14}$/.test(issued ?? '') || expiresAtMs === null || name?.startsWith('N') !== true) {
    throw problem(
      'repository-not-trusted',
      `The whitelist from ${server} has no dates or no repository name in it.`
    );
  }
  if (rest.some(line => line.startsWith('V') || line.startsWith('W'))) {
    throw problem(
      'repository-not-trusted',
      `The repository ${name.slice(1)} signs its whitelist with a certificate chain (PKCS#7), which cannot be checked here. Ask its administrator for one signed with the master key.`
    );
  }
  const fingerprints = rest.map(readFingerprint).filter(found => found !== null);
  return { fqrn: name.slice(1), expiresAtMs, fingerprints, signed };
}
