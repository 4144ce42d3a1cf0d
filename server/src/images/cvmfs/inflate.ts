import { promisify } from 'node:util';
import { constants, createInflate, inflate } from 'node:zlib';
import { problem } from '../../core/problem.ts';

const inflateAll = promisify(inflate);

/** Inflates a zlib stream (RFC 1950) to at most `maxBytes`. Throws `image-not-readable` when it is longer or broken. */
export async function inflateBounded(
  stored: Uint8Array,
  maxBytes: number,
  what: string
): Promise<Uint8Array> {
  try {
    return await inflateAll(stored, { maxOutputLength: Math.max(1, maxBytes) });
  } catch (error) {
    throw problem(
      'image-not-readable',
      `${what} cannot be unpacked, or is larger than its catalog says.`,
      { cause: error }
    );
  }
}

/** Unpacks piece by piece, so that a large catalog is never in memory as a whole. The caller bounds the sum. */
export async function* inflatePieces(
  stored: Uint8Array,
  isCutOff = false
): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = createInflate(isCutOff ? { finishFlush: constants.Z_SYNC_FLUSH } : {});
  stream.end(stored);
  for await (const piece of stream) {
    yield piece as Uint8Array;
  }
}

/** The first `bytes` of what a stream holds whose end may be missing. */
export async function inflateHead(
  stored: Uint8Array,
  bytes: number,
  what: string
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const piece of inflatePieces(stored, true)) {
      pieces.push(piece);
      length += piece.byteLength;
      if (length >= bytes) {
        break;
      }
    }
  } catch (error) {
    throw problem('image-not-readable', `The start of ${what} cannot be unpacked.`, {
      cause: error
    });
  }
  return Buffer.concat(pieces).subarray(0, bytes);
}
