import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

/** What the store needs to know. */
export interface StoreOptions {
  readonly root: string;
  readonly port: number;
  /** Folders (first path segment) that want a token. */
  readonly restricted: readonly string[];
  readonly isTokenValid: (token: string) => Promise<boolean>;
  /** Bytes a second over all connections, so that progress can be seen; 0 is unlimited. */
  readonly bytesPerSecond: number;
}

const PIECE = 262_144;

/** One bucket for everybody: whoever wants bytes waits until they are due. */
function makeThrottle(bytesPerSecond: number): (bytes: number) => Promise<void> {
  let free = performance.now();
  return async bytes => {
    if (bytesPerSecond === 0) {
      return;
    }
    const now = performance.now();
    free = Math.max(free, now) + (bytes / bytesPerSecond) * 1000;
    if (free > now + 5) {
      await new Promise(resolve => setTimeout(resolve, free - now));
    }
  };
}

/** First and last byte of a single-range `Range` header (RFC 9110 §14.2), or null for the whole file. */
function rangeOf(
  header: string | undefined,
  size: number
): { first: number; last: number } | 'unsatisfiable' | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (match === null || (match[1] === '' && match[2] === '')) {
    return null;
  }
  const first = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const last = match[1] === '' || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  return first > last ? 'unsatisfiable' : { first, last };
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

function propfindEntry(
  href: string,
  info: { size: number; mtime: Date; isDirectory(): boolean }
): string {
  const kind = info.isDirectory() ? '<D:collection/>' : '';
  return (
    `<D:response><D:href>${encodeURI(href).replace(/[&<>]/g, c => escapes[c] ?? '')}</D:href><D:propstat><D:prop>` +
    `<D:resourcetype>${kind}</D:resourcetype><D:getcontentlength>${info.size}</D:getcontentlength>` +
    `<D:getlastmodified>${info.mtime.toUTCString()}</D:getlastmodified></D:prop>` +
    '<D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>'
  );
}

/** A small read-only WebDAV store (RFC 4918: OPTIONS, PROPFIND 0 and 1, GET, HEAD) with ranges and ETags. */
export async function startWebdavStore(
  options: StoreOptions
): Promise<{ url: string; close(): Promise<void> }> {
  const throttle = makeThrottle(options.bytesPerSecond);

  async function isAllowed(
    request: IncomingMessage,
    segments: readonly string[]
  ): Promise<boolean> {
    if (!options.restricted.includes(segments[0] ?? '')) {
      return true;
    }
    const match = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '');
    return match?.[1] !== undefined && (await options.isTokenValid(match[1]));
  }

  async function propfind(
    file: string,
    href: string,
    depth: string,
    response: ServerResponse
  ): Promise<void> {
    const info = await stat(file);
    const entries = [propfindEntry(href, info)];
    if (depth !== '0' && info.isDirectory()) {
      for (const name of await readdir(file)) {
        entries.push(
          propfindEntry(`${href.replace(/\/$/, '')}/${name}`, await stat(path.join(file, name)))
        );
      }
    }
    response.writeHead(207, { 'content-type': 'application/xml; charset=utf-8' });
    response.end(
      `<?xml version="1.0" encoding="utf-8"?><D:multistatus xmlns:D="DAV:">${entries.join('')}</D:multistatus>`
    );
  }

  async function send(
    request: IncomingMessage,
    response: ServerResponse,
    file: string
  ): Promise<void> {
    const info = await stat(file);
    if (info.isDirectory()) {
      response.writeHead(403).end();
      return;
    }
    const etag = `"${info.size.toString(16)}-${Math.floor(info.mtimeMs).toString(16)}"`;
    const head = {
      'accept-ranges': 'bytes',
      'content-type': 'application/octet-stream',
      etag,
      'last-modified': info.mtime.toUTCString()
    };
    const condition = request.headers['if-range'];
    const range =
      condition === undefined || condition === etag
        ? rangeOf(request.headers.range, info.size)
        : null;
    if (range === 'unsatisfiable') {
      response.writeHead(416, { 'content-range': `bytes */${info.size}` }).end();
      return;
    }
    const { first, last } = range ?? { first: 0, last: info.size - 1 };
    response.writeHead(range === null ? 200 : 206, {
      ...head,
      'content-length': Math.max(0, last - first + 1),
      ...(range === null ? {} : { 'content-range': `bytes ${first}-${last}/${info.size}` })
    });
    if (request.method === 'HEAD' || info.size === 0) {
      response.end();
      return;
    }
    for await (const piece of createReadStream(file, {
      start: first,
      end: last,
      highWaterMark: PIECE
    }) as AsyncIterable<Buffer>) {
      await throttle(piece.byteLength);
      if (response.destroyed) {
        return;
      }
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
    response.end();
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const segments = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname)
      .split('/')
      .filter(segment => segment !== '');
    if (segments.some(segment => segment === '..' || segment.includes('\0'))) {
      response.writeHead(400).end();
      return;
    }
    if (!(await isAllowed(request, segments))) {
      response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
      return;
    }
    const file = path.join(options.root, ...segments);
    switch (request.method) {
      case 'OPTIONS':
        response.writeHead(200, { dav: '1', allow: 'OPTIONS, PROPFIND, GET, HEAD' }).end();
        break;
      case 'PROPFIND':
        await propfind(
          file,
          `/${segments.join('/')}`,
          String(request.headers['depth'] ?? '1'),
          response
        );
        break;
      case 'GET':
      case 'HEAD':
        await send(request, response, file);
        break;
      default:
        response.writeHead(405, { allow: 'OPTIONS, PROPFIND, GET, HEAD' }).end();
    }
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (!response.headersSent) {
        response.writeHead(isMissing ? 404 : 500).end();
      } else {
        response.destroy();
      }
    });
  });
  await new Promise<void>(resolve => server.listen(options.port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    }
  };
}
