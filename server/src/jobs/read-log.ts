import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { JobLog } from '#contract';

const MAX_BYTES = 256 * 1024;

/** Bytes at the end that are the beginning of a UTF-8 character (RFC 3629), and so belong to the next part. */
function unfinishedTail(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) {
      continue;
    }
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

/** A part of a log from `offset`; a link in its place is not followed. A log that is not there yet is empty. */
export async function readLog(file: string, offset: number, hasEnded: boolean): Promise<JobLog> {
  let handle;
  try {
    handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return { text: '', next: offset, size: null, complete: hasEnded };
  }
  try {
    const info = await handle.stat();
    if (!info.isFile()) {
      return { text: '', next: offset, size: null, complete: hasEnded };
    }
    const buffer = Buffer.alloc(Math.min(MAX_BYTES, Math.max(0, info.size - offset)));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset);
    const isAtEnd = offset + bytesRead >= info.size;
    const bytes = buffer.subarray(0, bytesRead);
    const held = isAtEnd && hasEnded ? 0 : unfinishedTail(bytes);
    const whole = bytes.subarray(0, bytesRead - held);
    return {
      // A byte order mark in the middle of a log is text like any other.
      text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(whole),
      next: offset + whole.length,
      size: info.size,
      complete: hasEnded && isAtEnd
    };
  } finally {
    await handle.close();
  }
}
