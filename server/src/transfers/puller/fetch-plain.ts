import { connect, type Socket } from 'node:net';
import type { RangeFailure, RangeJob } from './messages.ts';
import { closePart, openPart, writeAll } from './part-file.ts';
import { parseResponseHead, refuseRange } from './response-head.ts';

const BUFFER_BYTES = 1024 * 1024;
const MAX_HEAD_BYTES = 65_536;

interface Hooks {
  readonly onBytes: (count: number) => void;
  readonly onEnd: (failure: RangeFailure | null) => void;
}

/**
 * One range over plain http, on a bare socket with one reused buffer: no parser, no copy, one write for what
 * each read gave. The http module costs a callback, a buffer and a write for every 64 KiB.
 * Returns a function that gives up.
 */
export function fetchPlain(job: RangeJob, { onBytes, onEnd }: Hooks): () => void {
  const url = new URL(job.url);
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  let head: Buffer[] | null = [];
  let headBytes = 0;
  let position = job.first;
  let isOver = false;
  let fd: number;
  try {
    fd = openPart(job.partFile);
  } catch (error) {
    onEnd(diskFailure(error));
    return () => undefined;
  }

  const finish = (failure: RangeFailure | null): void => {
    if (!isOver) {
      isOver = true;
      socket.destroy();
      closePart(job.partFile);
      onEnd(failure);
    }
  };

  const takeBody = (bytes: Uint8Array, length: number): void => {
    if (position + length > job.last + 1) {
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
    if (position === job.last + 1) {
      finish(null);
    }
  };

  const takeHead = (piece: Buffer): void => {
    const all = Buffer.concat([...(head ?? []), piece]);
    const end = all.indexOf('\r\n\r\n', Math.max(0, headBytes - 3));
    if (end < 0) {
      headBytes = all.length;
      head = [all];
      if (headBytes > MAX_HEAD_BYTES) {
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
    const refusal = refuseRange(parsed, { ...job, isConditional: 'if-range' in job.headers });
    if (refusal !== null) {
      finish(refusal);
    } else if (parsed.headers.has('transfer-encoding')) {
      finish({ kind: 'garbled', text: 'the range comes in pieces of unknown length' });
    } else if (end + 4 < all.length) {
      takeBody(all.subarray(end + 4), all.length - end - 4);
    }
  };

  const socket: Socket = connect({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || 80),
    onread: {
      buffer,
      callback: (count: number) => {
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
  socket.setTimeout(job.idleMs, () =>
    finish({ kind: 'network', text: 'nothing came for too long' })
  );
  socket.on('error', error => finish({ kind: 'network', text: error.message }));
  socket.on('close', () => finish({ kind: 'network', text: 'the connection was cut' }));
  const lines = Object.entries({
    ...job.headers,
    host: url.host,
    range: `bytes=${job.first}-${job.last}`,
    connection: 'close'
  });
  socket.write(
    `GET ${url.pathname}${url.search} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
  );
  return () => finish({ kind: 'network', text: 'given up' });
}

export function diskFailure(error: unknown): RangeFailure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'EIO';
  return { kind: 'disk', code };
}
