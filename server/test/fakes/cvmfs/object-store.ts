import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { deflateSync } from 'node:zlib';

/** Hash functions that a repository may be published with. */
export type StoreHash = 'sha1' | 'rmd160' | 'shake128';

/** Digest of these bytes, 20 bytes long. */
export function digestOf(bytes: Uint8Array, hash: StoreHash): Buffer {
  const name = hash === 'rmd160' ? 'ripemd160' : hash;
  return createHash(name, hash === 'shake128' ? { outputLength: 20 } : {})
    .update(bytes)
    .digest();
}

/** The text that stands for a digest. */
export function textOfDigest(digest: Buffer, hash: StoreHash): string {
  return `${digest.toString('hex')}${hash === 'sha1' ? '' : `-${hash}`}`;
}

/** Where an object lies below the repository. */
export function pathOfObject(hashText: string, suffix: string): string {
  return `data/${hashText.slice(0, 2)}/${hashText.slice(2)}${suffix}`;
}

/** Writes objects of a published repository. */
export class ObjectStore {
  readonly hash: StoreHash;
  readonly #target: string;

  constructor(target: string, hash: StoreHash) {
    this.#target = target;
    this.hash = hash;
  }

  /** Stores bytes and returns their digest. */
  put(bytes: Uint8Array, suffix: '' | 'C' | 'P' | 'X' | 'M', isPacked: boolean): Buffer {
    const stored = isPacked ? deflateSync(bytes) : bytes;
    const digest = digestOf(stored, this.hash);
    const file = path.join(this.#target, pathOfObject(textOfDigest(digest, this.hash), suffix));
    if (!existsSync(file)) {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, stored);
    }
    return digest;
  }
}

/** Changes one byte in the middle of a stored object, as a bad disk or a bad person would. */
export function tamperObject(target: string, objectPath: string): void {
  const file = path.join(target, objectPath);
  const bytes = readFileSync(file);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}
