import { connect, type Socket } from 'node:net';
import type { ByteRange, FetchHooks, RangeFailure, RangeJob } from './messages.ts';
import {
  closePart,
  diskFailure,
  giveBuffer,
  openPart,
  takeBuffer,
  writeAll
} from './part-file.ts';
import { parseResponseHead, refuseRange } from './response-head.ts';
import { StallGuard } from './stall-guard.ts';

const MAX_HEAD_BYTES = 65_536;

/** The request as it goes on the wire, or null when a value would break out of its line. */
function requestText(url: URL, job: RangeJob, { first, last }: ByteRange): string | null {
  const lines = Object.entries({
    ...job.headers,
    host: url.host,
    range: `bytes=${first}-${last}`,
    connection: 'close'
  });
  if (lines.some(([, value]) => /[\r\n\0]/.test(value))) {
    return null;
  }
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `GET ${url.pathname}${url.search} HTTP/1.1\r\n${head}\r\n`;
}

/**
 * One range over plain http, on a bare socket with one reused buffer: no parser, no copy, one write for what
 * each read gave. The http module costs a callback, a buffer and a write for every 64 KiB.
 * Returns a function that gives up.
 */
export function fetchPlain(
  job: RangeJob,
  range: ByteRange,
  { onBytes, onEnd }: FetchHooks
): () => void {
  const url = new URL(job.url);
  const text = requestText(url, job, range);
  if (text === null) {
    onEnd({ kind: 'garbled', text: 'a header of the request has a line break' });
    return () => undefined;
  }
  const { first, last } = range;
  let fd: number;
  try {
    fd = openPart(job.partFile);
  } catch (error) {
    onEnd(diskFailure(error));
    return () => undefined;
  }
  const buffer = takeBuffer();
  let head: Buffer | null = Buffer.alloc(0);
  let position = first;
  let isOver = false;

  const finish = (failure: RangeFailure | null): void => {
    if (!isOver) {
      isOver = true;
      guard.stop();
      socket.destroy();
      closePart(job.partFile);
      onEnd(failure);
    }
  };

  const takeBody = (bytes: Uint8Array, length: number): void => {
    if (position + length > last + 1) {
      finish({ kind: 'garbled', text: 'the answer is longer than its range' });
      return;
    }
    try {
      writeAll(fd, bytes, length, position);
    } catch (error) {
      finish(diskFailure(error));
      return;
    }
    position += length;
    onBytes(length);
    if (position === last + 1) {
      finish(null);
    }
  };

  const takeHead = (piece: Buffer): void => {
    const before = head?.length ?? 0;
    const all = Buffer.concat([head ?? Buffer.alloc(0), piece]);
    const end = all.indexOf('\r\n\r\n', Math.max(0, before - 3));
    if (end < 0) {
      head = all;
      if (all.length > MAX_HEAD_BYTES) {
        finish({ kind: 'garbled', text: 'the answer has an endless head' });
      }
      return;
    }
    head = null;
    const parsed = parseResponseHead(all.toString('latin1', 0, end));
    if (parsed === null) {
      finish({ kind: 'garbled', text: 'the answer is not HTTP' });
      return;
    }
    const refusal = refuseRange(parsed, {
      ...range,
      sizeBytes: job.sizeBytes,
      isConditional: 'if-range' in job.headers
    });
    if (refusal !== null) {
      finish(refusal);
    } else if (parsed.headers.has('transfer-encoding')) {
      finish({ kind: 'garbled', text: 'the range comes in pieces of unknown length' });
    } else if (end + 4 < all.length) {
      takeBody(all.subarray(end + 4), all.length - end - 4);
    }
  };

  const guard = new StallGuard(job.idleMs, () =>
    finish({ kind: 'network', text: 'hardly anything came for too long' })
  );
  const socket: Socket = connect({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || 80),
    onread: {
      buffer,
      callback: (count: number) => {
        guard.moved(count);
        if (isOver) {
          return false;
        }
        if (head === null) {
          takeBody(buffer, count);
        } else {
          takeHead(Buffer.from(buffer.subarray(0, count)));
        }
        return !isOver;
      }
    }
  });
  socket.on('error', error => finish({ kind: 'network', text: error.message }));
  socket.on('close', () => {
    finish({ kind: 'network', text: 'the connection was cut' });
    // Only now does the kernel no longer read into it.
    giveBuffer(buffer);
  });
  socket.write(text, 'latin1');
  return () => finish({ kind: 'network', text: 'given up' });
}
