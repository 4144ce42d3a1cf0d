import type { ExpectedChecksum } from '../port.ts';
import { checksumOfHeader, wantedDigest } from './digest-headers.ts';
import { headOf, type AskOptions, type Probe } from './probe.ts';
import type { StoreAccess } from './store-access.ts';

/**
 * The checksum that a store gives in a response header, or null.
 *
 * `Content-MD5` of a part is of that part (RFC 1864), and some stores give digests with HEAD only.
 */
export async function headerChecksum(
  found: Probe,
  name: string,
  access: StoreAccess,
  options: AskOptions
): Promise<ExpectedChecksum | null> {
  const isOfPart = name === 'Content-MD5' && found.hasRanges;
  const given = isOfPart ? null : checksumOfHeader(name, found.headers[name.toLowerCase()]);
  if (given !== null) {
    return given;
  }
  const headers = await access.withRetries(async authorization =>
    headOf(found.url, { ...authorization, ...wantedDigest(name) }, options)
  );
  return checksumOfHeader(name, headers[name.toLowerCase()]);
}
