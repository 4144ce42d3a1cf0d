import type { ExpectedChecksum } from '../port.ts';
import type { PullerPool } from './pool.ts';

const STEP_BYTES = 256 * 1024 * 1024;

/** Hashes a file on the hashing thread, in steps, so that a cancel is heard. */
export async function verifyFile(
  pool: PullerPool,
  file: string,
  sizeBytes: number,
  algorithm: ExpectedChecksum['algorithm'],
  signal: AbortSignal
): Promise<{ digest: string | null }> {
  const hash = pool.hash(file, algorithm);
  try {
    for (let upTo = STEP_BYTES; upTo < sizeBytes; upTo += STEP_BYTES) {
      signal.throwIfAborted();
      await hash.advance(upTo, false);
    }
    const last = await hash.advance(sizeBytes, true);
    return { digest: 'digest' in last ? last.digest : null };
  } catch (error) {
    hash.abandon();
    throw error;
  }
}
