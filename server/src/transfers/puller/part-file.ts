import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { errorCode } from '../../core/error-code.ts';
import type { RangeFailure } from './messages.ts';

/** Partial files that this thread has open, by path; several ranges write into one. */
const open = new Map<string, { fd: number; users: number }>();

/** Bytes of one network buffer and of one write. */
const BUFFER_BYTES = 512 * 1024;
/** Buffers that nobody uses now: a fresh one for each range would be megabytes of garbage a second. */
const freeBuffers: Buffer[] = [];

export function takeBuffer(): Buffer {
  return freeBuffers.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
}

export function giveBuffer(buffer: Buffer): void {
  freeBuffers.push(buffer);
}

/** Opens a partial file for positional writing; a link in its place is refused (O_NOFOLLOW). */
export function openPart(file: string): number {
  const known = open.get(file);
  if (known !== undefined) {
    known.users++;
    return known.fd;
  }
  const fd = openSync(file, constants.O_WRONLY | constants.O_NOFOLLOW);
  open.set(file, { fd, users: 1 });
  return fd;
}

export function closePart(file: string): void {
  const known = open.get(file);
  if (known !== undefined && --known.users === 0) {
    open.delete(file);
    closeSync(known.fd);
  }
}

/** Writes all of it: `write(2)` may take less than it was given. */
export function writeAll(fd: number, bytes: Uint8Array, length: number, position: number): void {
  let done = 0;
  while (done < length) {
    done += writeSync(fd, bytes, done, length - done, position + done);
  }
}

/** A file system error as a failure of the range. */
export function diskFailure(error: unknown): RangeFailure {
  return { kind: 'disk', code: errorCode(error) };
}
