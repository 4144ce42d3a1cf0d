import { randomBytes } from 'node:crypto';

/** A new id such as `t_4k2…`: 100 random bits, lower case, safe in paths, comments and URLs. */
export function newId(prefix: 't' | 'j' | 'r' | 'k'): string {
  const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';
  let text = '';
  for (const byte of randomBytes(20)) {
    text += alphabet[byte % alphabet.length] ?? 'a';
  }
  return `${prefix}_${text}`;
}

/** A secret of 256 bits as base64url. */
export function newSecretText(): string {
  return randomBytes(32).toString('base64url');
}
