import type { ExpectedChecksum } from '../port.ts';

type Algorithm = ExpectedChecksum['algorithm'];

/** Names of RFC 9530, RFC 3230 and ownCloud for the algorithms that we compute; strongest first. */
const names: readonly (readonly [string, Algorithm])[] = [
  ['sha-512', 'sha512'],
  ['sha512', 'sha512'],
  ['sha-256', 'sha256'],
  ['sha256', 'sha256'],
  ['sha', 'sha1'],
  ['sha1', 'sha1'],
  ['sha-1', 'sha1'],
  ['md5', 'md5'],
  ['adler32', 'adler32']
];

const hexLength: Readonly<Record<Algorithm, number>> = {
  sha512: 128,
  sha256: 64,
  sha1: 40,
  md5: 32,
  adler32: 8
};

/** Hex of a digest that is written as hex or as base64, or null when it is neither. */
function hexOf(algorithm: Algorithm, text: string): string | null {
  if (
    new RegExp(`^[0-9a-fA-F]{1,${hexLength[algorithm]}}$`).test(text) &&
    (text.length === hexLength[algorithm] || algorithm === 'adler32')
  ) {
    return text.toLowerCase().padStart(hexLength[algorithm], '0');
  }
  const bytes = /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
  return bytes.length * 2 === hexLength[algorithm] ? bytes.toString('hex') : null;
}

/**
 * The strongest checksum in a response header: `Repr-Digest` (RFC 9530, `sha-256=:…:`), `Digest` (RFC 3230,
 * `SHA-256=…`), `OC-Checksum` (`SHA1:…`) or `Content-MD5` (RFC 1864). Null when there is none that we know.
 */
export function checksumOfHeader(
  name: string,
  given: string | readonly string[] | undefined
): ExpectedChecksum | null {
  const value = typeof given === 'string' ? given : (given ?? []).join(', ');
  if (value === '' || value.length > 2000) {
    return null;
  }
  const source = `header ${name}`;
  if (name.toLowerCase() === 'content-md5') {
    const hex = hexOf('md5', value.trim());
    return hex === null ? null : { algorithm: 'md5', value: hex, source };
  }
  const byName = new Map<string, string>();
  for (const item of value.split(',')) {
    const match = /^\s*([A-Za-z0-9-]+)\s*[=:]\s*:?([A-Za-z0-9+/=]+?):?\s*$/.exec(item);
    if (match?.[1] !== undefined && match[2] !== undefined) {
      byName.set(match[1].toLowerCase(), match[2]);
    }
  }
  for (const [written, algorithm] of names) {
    const text = byName.get(written);
    const hex = text === undefined ? null : hexOf(algorithm, text);
    if (hex !== null) {
      return { algorithm, value: hex, source };
    }
  }
  return null;
}

/** Request header that asks for a digest: RFC 9530 §4, or RFC 3230 §4.3.1 as dCache and XRootD have it. */
export function wantedDigest(header: string | null): Readonly<Record<string, string>> {
  switch (header) {
    case 'Repr-Digest':
      return { 'want-repr-digest': 'sha-256=9, sha-512=5, md5=1' };
    case 'Digest':
      return { 'want-digest': 'sha-256;q=1, sha-512;q=0.8, md5;q=0.5, adler32;q=0.3' };
    default:
      return {};
  }
}
