import { createWriteStream } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { userAgent } from '../../core/http-client.ts';
import { diskFailure } from './fetch-plain.ts';
import type { RangeFailure } from './messages.ts';

/**
 * The whole file in one stream, from the first byte: for stores without ranges. Nothing can be resumed.
 * A body that ends early is an error of the client (`aborted`), so "ended" means complete where the length is known.
 */
export async function fetchWhole(
  url: URL,
  headers: Readonly<Record<string, string>>,
  options: {
    ca: string | null;
    idleMs: number;
    signal: AbortSignal;
    partFile: string;
    maxBytes: number;
  },
  onBytes: (count: number) => void
): Promise<{ bytes: number } | { failure: RangeFailure }> {
  let response: IncomingMessage;
  try {
    response = await new Promise((resolve, reject) => {
      const shared = {
        headers: { 'user-agent': userAgent, ...headers },
        signal: options.signal,
        agent: false as const
      };
      const outgoing =
        url.protocol === 'https:'
          ? httpsRequest(
              url,
              { ...shared, ...(options.ca === null ? {} : { ca: options.ca }) },
              resolve
            )
          : httpRequest(url, shared, resolve);
      outgoing.setTimeout(options.idleMs, () =>
        outgoing.destroy(new Error('nothing came for too long'))
      );
      outgoing.on('error', reject);
      outgoing.end();
    });
  } catch (error) {
    options.signal.throwIfAborted();
    return {
      failure: { kind: 'network', text: error instanceof Error ? error.message : 'unknown' }
    };
  }
  if (response.statusCode !== 200) {
    response.destroy();
    return {
      failure: {
        kind: 'status',
        status: response.statusCode ?? 0,
        retryAfter: response.headers['retry-after'] ?? null
      }
    };
  }
  let bytes = 0;
  const counter = new Transform({
    transform(piece: Buffer, _encoding, next) {
      bytes += piece.length;
      if (bytes > options.maxBytes) {
        next(new Error('longer than announced'));
        return;
      }
      onBytes(piece.length);
      next(null, piece);
    }
  });
  try {
    await pipeline(response, counter, createWriteStream(options.partFile, { flags: 'r+' }), {
      signal: options.signal
    });
    return { bytes };
  } catch (error) {
    options.signal.throwIfAborted();
    const isDisk =
      error instanceof Error &&
      'syscall' in error &&
      (error.syscall === 'write' || error.syscall === 'open');
    return {
      failure: isDisk
        ? diskFailure(error)
        : { kind: 'network', text: error instanceof Error ? error.message : 'unknown' }
    };
  }
}
