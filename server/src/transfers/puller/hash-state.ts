import { createHash, type Hash } from 'node:crypto';
import type { ExpectedChecksum } from '../port.ts';

/** A running checksum. */
export interface HashState {
  update(bytes: Uint8Array): void;
  /** Lower-case hex. */
  digest(): string;
}

/** Adler-32 (RFC 1950 §8.2). Sums are reduced every 3800 bytes, before they can pass 2^53. */
class Adler32 implements HashState {
  #a = 1;
  #b = 0;

  update(bytes: Uint8Array): void {
    let a = this.#a;
    let b = this.#b;
    for (let start = 0; start < bytes.length; start += 3800) {
      const end = Math.min(start + 3800, bytes.length);
      for (let index = start; index < end; index++) {
        a += bytes[index] ?? 0;
        b += a;
      }
      a %= 65_521;
      b %= 65_521;
    }
    this.#a = a;
    this.#b = b;
  }

  digest(): string {
    return (this.#b * 65_536 + this.#a).toString(16).padStart(8, '0');
  }
}

class CryptoHash implements HashState {
  readonly #hash: Hash;

  constructor(algorithm: string) {
    this.#hash = createHash(algorithm);
  }

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  digest(): string {
    return this.#hash.digest('hex');
  }
}

export function newHash(algorithm: ExpectedChecksum['algorithm']): HashState {
  return algorithm === 'adler32' ? new Adler32() : new CryptoHash(algorithm);
}
