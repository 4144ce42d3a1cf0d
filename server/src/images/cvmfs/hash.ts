import { createHash } from 'node:crypto';
import { problem } from '../../core/problem.ts';

/** Hash functions that name objects in a CVMFS store. */
export type HashAlgorithm = 'sha1' | 'rmd160' | 'shake128';

/** Kinds of objects, by the letter at the end of their name. */
export type ObjectSuffix = '' | 'C' | 'X' | 'P';

/** The name of an object: the hash of its stored bytes. */
export interface ObjectHash {
  readonly algorithm: HashAlgorithm;
  /** 40 hexadecimal digits. */
  readonly hex: string;
}

/** Order of the numbers in bits 8–10 of a catalog row's flags. */
const algorithms: readonly HashAlgorithm[] = ['sha1', 'rmd160', 'shake128'];
const hashTextPattern = /^([0-9a-f]{40})(?:-(rmd160|shake128))?$/;
const DIGEST_BYTES = 20;

/** Reads text such as `cd8f…` or `cd8f…-shake128`; null when it is neither. MD5 is for paths only and refused. */
export function parseHash(text: string): ObjectHash | null {
  const [, hex, suffix] = hashTextPattern.exec(text) ?? [];
  if (hex === undefined) {
    return null;
  }
  return { hex, algorithm: suffix === 'rmd160' || suffix === 'shake128' ? suffix : 'sha1' };
}

/** The text that CVMFS writes for a hash. */
export function hashText(hash: ObjectHash): string {
  return hash.algorithm === 'sha1' ? hash.hex : `${hash.hex}-${hash.algorithm}`;
}

/** Hash of these bytes. */
export function digest(bytes: Uint8Array, algorithm: HashAlgorithm): ObjectHash {
  try {
    const name = algorithm === 'rmd160' ? 'ripemd160' : algorithm;
    const options = algorithm === 'shake128' ? { outputLength: DIGEST_BYTES } : {};
    return { algorithm, hex: createHash(name, options).update(bytes).digest('hex') };
  } catch (error) {
    // A hardened OpenSSL may lack RIPEMD-160.
    throw problem(
      'repository-not-trusted',
      `The repository uses the hash ${algorithm}, which this machine's Node cannot compute, so nothing in it can be checked.`,
      { cause: error }
    );
  }
}

/** True when these are the bytes that the hash names. */
export function isObject(bytes: Uint8Array, hash: ObjectHash): boolean {
  return digest(bytes, hash.algorithm).hex === hash.hex;
}

/** Where an object lies below the repository's address. */
export function objectPath(hash: ObjectHash, suffix: ObjectSuffix): string {
  const text = hashText(hash);
  return `data/${text.slice(0, 2)}/${text.slice(2)}${suffix}`;
}

/** Hash of a catalog row: digits from its column, the algorithm from its flags. Null when there is none. */
export function hashOfRow(hex: unknown, flags: number): ObjectHash | null {
  const algorithm = algorithms[(flags >> 8) & 7];
  return algorithm !== undefined && typeof hex === 'string' && hex.length === 2 * DIGEST_BYTES
    ? { algorithm, hex }
    : null;
}
