import { problem } from '../../core/problem.ts';
import { parseHash, type ObjectHash } from './hash.ts';
import { isWebPage, splitSignedText, type SignedText } from './signed-text.ts';

/** What the publisher says about the present revision. Not to be used before its signature was checked. */
export interface Manifest {
  readonly fqrn: string;
  readonly rootHash: ObjectHash;
  readonly certificateHash: ObjectHash;
  readonly revision: number;
  readonly ttlSeconds: number;
  readonly publishedAtMs: number | null;
  readonly signed: SignedText;
}

/** Longest manifest that is read; a real one has 600 bytes. */
export const MAX_MANIFEST_BYTES = 65_536;
const MD5_OF_ROOT = 'd41d8cd98f00b204e9800998ecf8427e';

function incomplete(server: string, why: string): Error {
  return problem(
    'upstream-garbled',
    `${server} did not send a repository manifest: ${why}. Its administrator should look at it.`
  );
}

/** Letter → value; a repeated letter overwrites, an unknown one does no harm. */
function readFields(lines: readonly string[]): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of lines) {
    if (line !== '') {
      fields.set(line.slice(0, 1), line.slice(1));
    }
  }
  return fields;
}

function readNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/**
 * Reads `.cvmfspublished` and checks what can be checked without keys: completeness, repository name, root path.
 *
 * Throws `upstream-garbled` and `repository-not-trusted`; never anything else.
 */
export function parseManifest(bytes: Uint8Array, fqrn: string, server: string): Manifest {
  if (bytes.byteLength > MAX_MANIFEST_BYTES) {
    throw incomplete(server, 'it is too long');
  }
  const signed = splitSignedText(bytes);
  const fields = readFields(signed.lines);
  const rootHash = parseHash(fields.get('C') ?? '');
  const ttlSeconds = readNumber(fields.get('D'));
  const revision = readNumber(fields.get('S'));
  const rootPath = fields.get('R');
  if (rootHash === null || ttlSeconds === null || revision === null || rootPath === undefined) {
    throw incomplete(server, isWebPage(bytes) ? 'it sent a web page' : 'fields are missing');
  }
  if (fields.get('N') !== fqrn) {
    throw problem(
      'repository-not-trusted',
      `${server} sent the manifest of another repository than ${fqrn}. Nothing from it is shown.`
    );
  }
  if (rootPath !== MD5_OF_ROOT) {
    throw problem('repository-not-trusted', `The manifest of ${fqrn} names another root folder.`);
  }
  const certificateHash = parseHash(fields.get('X') ?? '');
  if (certificateHash === null) {
    throw problem('repository-not-trusted', `The manifest of ${fqrn} names no certificate.`);
  }
  const published = readNumber(fields.get('T'));
  return {
    fqrn,
    rootHash,
    certificateHash,
    revision,
    ttlSeconds,
    publishedAtMs: published === null ? null : published * 1000,
    signed
  };
}
