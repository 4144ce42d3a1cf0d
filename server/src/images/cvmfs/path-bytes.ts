import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { problem } from '../../core/problem.ts';

/** Longest path that is looked up, in bytes; Linux has the same limit. */
const MAX_PATH_BYTES = 4096;
const ESCAPE_BASE = 0xdc00;

/** Length of the UTF-8 sequence that starts at `at`, or 0 when there is none. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length)) ? length : 0;
}

/** Bytes as text; each byte that is not UTF-8 becomes a lone surrogate U+DC80–U+DCFF (PEP 383). */
export function textOfBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString('utf8');
  if (!text.includes('\ufffd') || isUtf8(bytes)) {
    return text;
  }
  let escaped = '';
  for (let at = 0; at < buffer.length;) {
    const length = sequenceLength(buffer, at);
    escaped +=
      length === 0
        ? String.fromCharCode(ESCAPE_BASE + (buffer[at] ?? 0))
        : buffer.toString('utf8', at, at + length);
    at += Math.max(1, length);
  }
  return escaped;
}

/** The bytes that `textOfBytes` made this text from. Throws `path-not-allowed` for other lone surrogates. */
export function bytesOfText(text: string): Buffer {
  if (text.isWellFormed()) {
    return Buffer.from(text);
  }
  const parts: Buffer[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= ESCAPE_BASE + 0x80 && code <= ESCAPE_BASE + 0xff) {
      parts.push(Buffer.from([code - ESCAPE_BASE]));
    } else if (character.isWellFormed()) {
      parts.push(Buffer.from(character));
    } else {
      throw problem('path-not-allowed', 'The path contains a half of a character.');
    }
  }
  return Buffer.concat(parts);
}

/** Components of an absolute path; `[]` is the root. Throws `path-not-allowed` for `.`, `..`, zero bytes, relative paths. */
export function pathComponents(path: string): string[] {
  if (path !== '' && !path.startsWith('/')) {
    throw problem(
      'path-not-allowed',
      'A path in a repository starts with "/". Give the whole path.'
    );
  }
  if (path.includes('\0') || path.length > MAX_PATH_BYTES) {
    throw problem('path-not-allowed', 'The path contains a zero byte or is too long.');
  }
  const components = path.split('/').filter(part => part !== '');
  if (components.some(part => part === '.' || part === '..')) {
    throw problem(
      'path-not-allowed',
      'The path contains "." or "..". Give it without these, from the repository\'s root.'
    );
  }
  return components;
}

/** Two signed little-endian 64-bit halves of the MD5 of a path: the key of a catalog row. */
export interface PathKey {
  readonly high: bigint;
  readonly low: bigint;
}

/** Key of a path given as components. */
export function pathKey(components: readonly string[]): PathKey {
  const path = components.map(part => `/${part}`).join('');
  const md5 = createHash('md5').update(bytesOfText(path)).digest();
  return { high: md5.readBigInt64LE(0), low: md5.readBigInt64LE(8) };
}
