import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A file of the store. */
export interface StoredObject {
  readonly bytes: Uint8Array;
  /** What tells one version from another; `weak` is a weak ETag and nothing else. */
  readonly validator?: 'etag' | 'last-modified' | 'weak' | 'none';
  /** Changes with the content; part of the validator. */
  readonly version?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the store does wrong with one request. */
export type StoreFault =
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Record<string, string> }
  | { readonly kind: 'cut'; readonly after: number }
  | { readonly kind: 'stall'; readonly after: number }
  | { readonly kind: 'drip'; readonly everyMs: number }
  | { readonly kind: 'ignore-range' }
  | { readonly kind: 'ignore-if-range' }
  | { readonly kind: 'wrong-range' }
  | { readonly kind: 'longer'; readonly by: number }
  | { readonly kind: 'shorter'; readonly by: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'html' }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'raw'; readonly text: string }
  | { readonly kind: 'encoded' };

/** One request as the store saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** First byte that was asked for; 0 without a range. */
  readonly first: number;
  readonly isProbe: boolean;
  /** Bytes of the body that were handed to the kernel. */
  served: number;
}

/** A store on loopback that does what a test tells it for each request. */
export interface FaultyStore {
  readonly url: string;
  readonly objects: Map<string, StoredObject>;
  readonly requests: SeenRequest[];
  /** Asked for every request; null serves it well. `nth` counts from 0 over all requests. */
  fault: (seen: SeenRequest, nth: number) => StoreFault | null;
  /** Token that is wanted; null for open data. A function decides about any token. */
  token: string | ((token: string) => boolean) | null;
  /** Serves so many bytes in all, then nothing more. */
  holdAfter: number;
  /** Body bytes of all requests so far. */
  served(): number;
  close(): Promise<void>;
}

const PIECE = 65_536;

function validators(object: StoredObject): Record<string, string> {
  const version = object.version ?? 1;
  switch (object.validator ?? 'etag') {
    case 'etag':
      return { etag: `"v${version}"` };
    case 'weak':
      return { etag: `W/"v${version}"` };
    case 'last-modified':
      return { 'last-modified': new Date(1_700_000_000_000 + version * 60_000).toUTCString() };
    case 'none':
      return {};
  }
}

/** Writes slowly enough to notice when nobody reads any more. */
async function send(
  response: ServerResponse,
  seen: SeenRequest,
  body: Uint8Array,
  upTo: number,
  mayServe: () => boolean
): Promise<void> {
  for (let at = 0; at < upTo && !response.destroyed; at += PIECE) {
    while (!mayServe() && !response.destroyed) {
      await new Promise(resolve => setTimeout(resolve, 5));
    }
    const piece = body.subarray(at, Math.min(at + PIECE, upTo));
    seen.served += piece.length;
    if (!response.write(piece)) {
      await new Promise<void>(resolve => {
        const goOn = (): void => {
          response.off('drain', goOn).off('close', goOn);
          resolve();
        };
        response.on('drain', goOn).on('close', goOn);
      });
    }
  }
}

/** Answers that have nothing to do with the file. True when the request has been answered. */
function misbehave(fault: StoreFault | null, response: ServerResponse, socket: Socket): boolean {
  switch (fault?.kind) {
    case 'status':
      response
        .writeHead(fault.status, { 'content-type': 'text/html', ...fault.headers })
        .end('<h1>secret stack trace</h1>');
      return true;
    case 'html':
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<h1>Login</h1>');
      return true;
    case 'redirect':
      response.writeHead(302, { location: fault.to }).end();
      return true;
    case 'raw':
      socket.end(fault.text);
      return true;
    default:
      return false;
  }
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | number>;
  readonly body: Uint8Array;
}

function answerOf(
  object: StoredObject,
  request: IncomingMessage,
  fault: StoreFault | null
): Answer | null {
  const known = validators(object);
  const condition = request.headers['if-range'];
  const holds =
    condition === undefined ||
    fault?.kind === 'ignore-if-range' ||
    condition === known['etag'] ||
    condition === known['last-modified'];
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  const size = object.bytes.length;
  const isWhole = fault?.kind === 'ignore-range' || fault?.kind === 'chunked';
  const headers = {
    'content-type': 'application/octet-stream',
    ...known,
    ...object.headers
  };
  if (range === null || !holds || isWhole) {
    return { status: 200, headers: { ...headers, 'content-length': size }, body: object.bytes };
  }
  const first = Number(range[1]);
  const last = Math.min(Number(range[2]), size - 1);
  if (first > last) {
    return null;
  }
  const shift = fault?.kind === 'wrong-range' ? 1 : 0;
  return {
    status: 206,
    headers: {
      ...headers,
      'content-range': `bytes ${first + shift}-${last + shift}/${size}`,
      'content-length': last - first + 1
    },
    body: object.bytes.subarray(first, last + 1)
  };
}

async function serveObject(
  object: StoredObject,
  request: IncomingMessage,
  response: ServerResponse,
  seen: SeenRequest,
  { fault, mayServe }: { fault: StoreFault | null; mayServe: () => boolean }
): Promise<void> {
  const answer = answerOf(object, request, fault);
  if (answer === null) {
    response.writeHead(416, { 'content-range': `bytes */${object.bytes.length}` }).end();
    return;
  }
  const { body, headers, status } = answer;
  if (fault?.kind === 'longer') {
    const longer = Buffer.concat([body, Buffer.alloc(fault.by, 'x')]);
    response.writeHead(status, { ...headers, 'content-length': longer.length });
    await send(response, seen, longer, longer.length, mayServe);
  } else if (fault?.kind === 'shorter') {
    const length = Math.max(0, body.length - fault.by);
    response.writeHead(status, { ...headers, 'content-length': length });
    await send(response, seen, body, length, mayServe);
  } else if (fault?.kind === 'chunked') {
    const { 'content-length': _length, ...rest } = headers;
    response.writeHead(status, rest);
    await send(response, seen, body, body.length, mayServe);
  } else if (fault?.kind === 'encoded') {
    response.writeHead(status, { ...headers, 'content-encoding': 'gzip' });
    await send(response, seen, body, body.length, mayServe);
  } else {
    response.writeHead(status, headers);
    if (fault?.kind === 'cut' && fault.after < body.length) {
      await send(response, seen, body, fault.after, mayServe);
      // Whatever was written goes out, then the line is dead.
      await new Promise<void>(resolve => response.write('', () => resolve()));
      response.socket?.destroySoon();
      return;
    }
    if (fault?.kind === 'stall') {
      await send(response, seen, body, Math.min(fault.after, body.length), mayServe);
      return;
    }
    if (fault?.kind === 'drip') {
      let at = 0;
      const timer = setInterval(() => response.write(body.subarray(at, ++at)), fault.everyMs);
      response.on('close', () => clearInterval(timer));
      return;
    }
    await send(response, seen, body, body.length, mayServe);
  }
  response.end();
}

function isWelcome(wanted: FaultyStore['token'], given: string | undefined): boolean {
  const token = given?.replace(/^Bearer /, '') ?? '';
  return wanted === null || (typeof wanted === 'string' ? token === wanted : wanted(token));
}

/** Starts the store. Objects are keyed by path, such as `/data/scan.h5`. */
export async function startFaultyStore(): Promise<FaultyStore> {
  const requests: SeenRequest[] = [];
  const objects = new Map<string, StoredObject>();
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    const range = request.headers.range;
    const seen: SeenRequest = {
      method: request.method ?? '',
      path,
      headers: request.headers,
      first: Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0),
      isProbe: range === 'bytes=0-0',
      served: 0
    };
    requests.push(seen);
    response.on('error', () => undefined);
    const fault = store.fault(seen, requests.length - 1);
    if (misbehave(fault, response, request.socket)) {
      return;
    }
    if (!isWelcome(store.token, request.headers.authorization)) {
      response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
      return;
    }
    const object = objects.get(path);
    if (object === undefined) {
      response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not here</h1>');
    } else if (request.method === 'HEAD') {
      response
        .writeHead(200, {
          ...validators(object),
          ...object.headers,
          'content-length': object.bytes.length
        })
        .end();
    } else {
      void serveObject(object, request, response, seen, {
        fault,
        mayServe: () => store.served() < store.holdAfter
      });
    }
  });
  const store: FaultyStore = {
    url: '',
    objects,
    requests,
    fault: () => null,
    token: null,
    holdAfter: Number.POSITIVE_INFINITY,
    served: () => requests.reduce((sum, { served }) => sum + served, 0),
    close: async () => {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    }
  };
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(store, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  });
}
