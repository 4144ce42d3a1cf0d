import { connect, type Socket } from 'node:net';
import { absoluteForm } from '../../core/open-request.ts';
import { refusalBy } from '../../core/proxy.ts';
import { unreachableProxy } from '../../core/proxy-connection.ts';
import { HeadCollector } from './head-collector.ts';
import { requestFailure, unpackProxy } from './job-proxy.ts';
import type { ByteRange, FetchHooks, RangeFailure, RangeJob } from './messages.ts';
import { closePart, diskFailure, giveBuffer, openPart, takeBuffer, writeAll } from './part-file.ts';
import { refuseRange, type ResponseHead } from './response-head.ts';
import { StallGuard } from './stall-guard.ts';

/** The request as it goes on the wire, or null when a value would break out of its line. */
function requestText(url: URL, job: RangeJob, { first, last }: ByteRange): string | null {
  const lines = Object.entries({
    ...job.headers,
    host: url.host,
    range: `bytes=${first}-${last}`,
    connection: 'close',
    ...(job.proxy?.authorization == null ? {} : { 'proxy-authorization': job.proxy.authorization })
  });
  if (lines.some(([, value]) => /[\r\n\0]/.test(value))) {
    return null;
  }
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const target = job.proxy === null ? `${url.pathname}${url.search}` : absoluteForm(url);
  return `GET ${target} HTTP/1.1\r\n${head}\r\n`;
}

/** Where the connection goes: to the store, or to what stands before it. */
function addressOf(url: URL, { proxy }: RangeJob): { host: string; port: number } {
  if (proxy !== null) {
    return { host: proxy.host, port: proxy.port };
  }
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 80) };
}

function refusalOf(head: ResponseHead, job: RangeJob, range: ByteRange): RangeFailure | null {
  const proxy = unpackProxy(job.proxy);
  return head.status === 407 && proxy !== null
    ? requestFailure(refusalBy(proxy, 407, new URL(job.url).host))
    : refuseRange(head, { ...job, ...range });
}

function lostConnection(error: Error, job: RangeJob, isConnected: boolean): RangeFailure {
  const proxy = unpackProxy(job.proxy);
  return requestFailure(proxy === null || isConnected ? error : unreachableProxy(proxy, error));
}

/**
 * One range over plain http, on a bare socket with one reused buffer: no parser, no copy, one write for what
 * each read gave. The http module costs a callback, a buffer and a write for every 64 KiB.
 * A body in pieces (`Transfer-Encoding`) is not for it: `not-plain` asks for Node's own client instead.
 * Returns a function that gives up.
 */
export function fetchPlain(
  job: RangeJob,
  range: ByteRange,
  { onBytes, onEnd }: FetchHooks<'not-plain'>
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
  let collector: HeadCollector | null = new HeadCollector();
  let position = first;
  let isConnected = false;
  let isOver = false;

  const finish = (failure: RangeFailure | 'not-plain' | null): void => {
    if (isOver) {
      return;
    }
    isOver = true;
    guard.stop();
    socket.destroy();
    closePart(job.partFile);
    onEnd(failure);
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

  const takeHead = (piece: Uint8Array): void => {
    const found = collector?.add(piece) ?? null;
    if (found === null) {
      return;
    }
    if (typeof found === 'string') {
      finish({ kind: 'garbled', text: found });
      return;
    }
    collector = null;
    const refusal = refusalOf(found.head, job, range);
    if (refusal !== null) {
      finish(refusal);
    } else if (found.head.headers.has('transfer-encoding')) {
      finish('not-plain');
    } else if (found.body.length > 0) {
      takeBody(found.body, found.body.length);
    }
  };

  const guard = new StallGuard(job.idleMs, () =>
    finish({ kind: 'network', text: 'hardly anything came for too long' })
  );
  const socket: Socket = connect({
    ...addressOf(url, job),
    onread: {
      buffer,
      callback: (count: number) => {
        guard.moved(count);
        if (isOver) {
          return false;
        }
        if (collector === null) {
          takeBody(buffer, count);
        } else {
          takeHead(buffer.subarray(0, count));
        }
        return !isOver;
      }
    }
  });
  socket.once('connect', () => (isConnected = true));
  socket.on('error', error => finish(lostConnection(error, job, isConnected)));
  socket.on('close', () => {
    finish({ kind: 'network', text: 'the connection was cut' });
    // Only now does the kernel no longer read into it.
    giveBuffer(buffer);
  });
  socket.write(text, 'latin1');
  return () => finish({ kind: 'network', text: 'given up' });
}
