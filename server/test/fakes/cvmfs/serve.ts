import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';

/** A web server for published repositories on 127.0.0.1, with what tests need to see and to break. */
export interface RepositoryServer {
  /** Base address with the fqrn in it. */
  readonly url: URL;
  /** Paths below the base address in the order in which they were asked, with repeats. */
  readonly requests: string[];
  /** Bytes of bodies that were sent. */
  readonly bytesSent: number;
  /** Folders that lie over the repository: the first that has a file wins. */
  overlays: string[];
  /** Whole answers by path, before everything else; a number is an empty answer with this status. */
  readonly answers: Map<string, Uint8Array | number>;
  /** Answers that are given only while no proxy is passed by, as from a bad cache. */
  readonly cachedAnswers: Map<string, Uint8Array>;
  hasRanges: boolean;
  close(): Promise<void>;
}

export interface ServeOptions {
  readonly fqrn: string;
  /** The published folder: `data/`, `.cvmfspublished`, `.cvmfswhitelist`. */
  readonly root: string;
  readonly port?: number;
}

async function findFile(folders: readonly string[], wanted: string): Promise<string | null> {
  for (const folder of folders) {
    const file = path.join(folder, wanted);
    const found = await stat(file).catch(() => null);
    if (found?.isFile() === true) {
      return file;
    }
  }
  return null;
}

/** Sends a file or the range of it; returns the number of bytes. */
async function sendFile(
  file: string,
  range: string | undefined,
  response: ServerResponse
): Promise<number> {
  const { size } = await stat(file);
  const [, from = '', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
  const start = Number(from);
  const end = Math.min(size, to === '' ? size : Number(to) + 1);
  if (from !== '' && start < end) {
    response.writeHead(206, {
      'content-length': end - start,
      'content-range': `bytes ${start}-${end - 1}/${size}`
    });
    createReadStream(file, { start, end: end - 1 }).pipe(response);
    return end - start;
  }
  response.writeHead(200, { 'content-length': size, 'accept-ranges': 'bytes' });
  createReadStream(file).pipe(response);
  return size;
}

/** Serves one published repository. Links and `..` never lead out: only names of the known shapes are answered. */
export async function serveRepository(options: ServeOptions): Promise<RepositoryServer> {
  const { fqrn, root, port = 0 } = options;
  const prefix = `/cvmfs/${fqrn}/`;
  const state = {
    requests: [] as string[],
    bytesSent: 0,
    overlays: [] as string[],
    answers: new Map<string, Uint8Array | number>(),
    cachedAnswers: new Map<string, Uint8Array>(),
    hasRanges: true
  };

  const send = (response: ServerResponse, status: number, body: Uint8Array): void => {
    state.bytesSent += body.byteLength;
    response.writeHead(status, { 'content-length': body.byteLength }).end(body);
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const wanted = (request.url ?? '').slice(prefix.length);
    state.requests.push(wanted);
    const isFresh = request.headers['cache-control'] === 'no-cache';
    const fixed =
      state.answers.get(wanted) ?? (isFresh ? undefined : state.cachedAnswers.get(wanted));
    if (fixed !== undefined) {
      const isStatus = typeof fixed === 'number';
      send(response, isStatus ? fixed : 200, isStatus ? new Uint8Array() : fixed);
      return;
    }
    const isKnown =
      request.url?.startsWith(prefix) === true &&
      /^(\.cvmfs[a-z_.]+|data\/[0-9a-f]{2}\/[0-9a-f]{38}(-[a-z0-9]+)?[A-Z]?)$/.test(wanted);
    const file = isKnown ? await findFile([...state.overlays, root], wanted) : null;
    if (file === null) {
      send(response, 404, new Uint8Array());
      return;
    }
    state.bytesSent += await sendFile(
      file,
      state.hasRanges ? request.headers.range : undefined,
      response
    );
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(port, '127.0.0.1', resolve);
  await listening;
  const address = server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  return Object.assign(state, {
    url: new URL(`http://127.0.0.1:${actual}${prefix.slice(0, -1)}`),
    close: async (): Promise<void> => {
      const { promise: closed, resolve: done } = Promise.withResolvers<void>();
      server.close(() => {
        done();
      });
      server.closeAllConnections();
      await closed;
    }
  });
}
