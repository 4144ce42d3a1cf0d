import type { ExpectedChecksum } from '../port.ts';
import type { PullerPool } from './pool.ts';

const STEP_BYTES = 256 * 1024 * 1024;

/** Lower-case hex of a file's checksum, made on the hashing thread, in steps, so that a cancel is heard. */
export async function digestOfFile(
  pool: PullerPool,
  file: string,
  sizeBytes: number,
  algorithm: ExpectedChecksum['algorithm'],
  signal: AbortSignal
): Promise<string> {
  const hash = pool.hash(file, algorithm);
  try {
    for (let upTo = STEP_BYTES; upTo < sizeBytes; upTo += STEP_BYTES) {
      signal.throwIfAborted();
      await hash.advance(upTo, false);
    }
    return (await hash.advance(sizeBytes, true)) ?? '';
  } catch (error) {
    hash.abandon();
    throw error;
  }
}
