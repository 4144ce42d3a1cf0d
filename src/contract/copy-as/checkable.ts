import type { TransferListing } from '../transfers.ts';

type Listed = Pick<TransferListing['files'][number], 'checksum'>;

/** Those that coreutils has a program for, and Python's hashlib a name; any other is left to the companion. */
export const algorithms = ['md5', 'sha1', 'sha256', 'sha512'] as const;

/** The checksum that is listed for a file, where a command can check it. */
export function sumOf({ checksum }: Listed): Listed['checksum'] {
  return algorithms.some(name => name === checksum?.algorithm) ? checksum : null;
}
