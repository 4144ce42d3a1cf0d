import { problem } from '../../core/problem.ts';
import { digest, hashText, parseHash } from './hash.ts';

/** A text that ends in `--`, its hash, and a raw signature over that hash: the frame of manifest and whitelist. */
export interface SignedText {
  /** Lines before `--`. */
  readonly lines: readonly string[];
  /** Hash text, checked against the lines: what the signature covers. Null where the frame is cut off or altered. */
  readonly hashText: string | null;
  /** Raw bytes; they may hold anything, also line ends. */
  readonly signature: Uint8Array;
}

const LINE_END = 0x0a;
const MAX_HASH_TEXT_BYTES = 80;

/** Start of the line `--`, or -1. Works on bytes because the signature behind it is not text. */
function separatorAt(bytes: Buffer): number {
  if (bytes.subarray(0, 3).equals(Buffer.from('--\n'))) {
    return 0;
  }
  const at = bytes.indexOf('\n--\n', 0, 'latin1');
  return at === -1 ? -1 : at + 1;
}

/**
 * Takes the frame apart. The hash is checked, the signature is not.
 *
 * Source: CernVM-FS, `manifest.cc` and `signature.cc` (facts: lines, `--`, hash text, raw signature).
 */
export function splitSignedText(bytes: Uint8Array): SignedText {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = separatorAt(buffer);
  const text = buffer.subarray(0, at === -1 ? buffer.length : at);
  const lines = text.toString('latin1').split('\n');
  const rest = at === -1 ? Buffer.alloc(0) : buffer.subarray(at + 3);
  const end = rest.subarray(0, MAX_HASH_TEXT_BYTES).indexOf(LINE_END);
  const stated = end === -1 ? null : parseHash(rest.toString('latin1', 0, end));
  const fits = stated !== null && digest(text, stated.algorithm).hex === stated.hex;
  return {
    lines,
    hashText: fits ? hashText(stated) : null,
    signature: rest.subarray(end + 1)
  };
}

/** True when somebody sent a web page, for example a portal's or a proxy's, instead of what was asked for. */
export function isWebPage(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, 64)).toString('latin1').trimStart().toLowerCase();
  return start.startsWith('<!doctype') || start.startsWith('<html') || start.startsWith('<?xml');
}

/** The hash text, or `repository-not-trusted` where the frame is not whole. */
export function requireHashText(signed: SignedText, what: string): string {
  if (signed.hashText === null) {
    throw problem(
      'repository-not-trusted',
      `The ${what} was changed on its way or cut off: its text does not fit the hash in it.`
    );
  }
  return signed.hashText;
}
