import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A dataset as the PaNOSC search API's public model has it, with its files. */
export interface SearchDataset {
  readonly pid: string;
  readonly title: string;
  readonly isPublic: boolean;
  /** Listed although its files are not public; left out, it is listed when it is public. */
  readonly isListed?: boolean;
  readonly creationDate: string;
  readonly size?: number;
  readonly documentId?: string;
  readonly techniques?: readonly { pid: string; name: string }[];
  readonly files: readonly { id: string; name: string; path: string; size?: number }[];
}

/** What the server does wrong from now on. */
export type SearchFault = 'none' | 'status-500' | 'html' | 'drip' | 'huge' | 'wrong-shape' | 'cut';

interface Filter {
  limit?: number;
  skip?: number;
  query?: string;
  include?: { relation: string }[];
}

function visible(dataset: SearchDataset, filter: Filter): object {
  const { files, isListed: _, techniques, ...plain } = dataset;
  const relations = new Set((filter.include ?? []).map(({ relation }) => relation));
  return {
    ...plain,
    score: 0,
    ...(relations.has('files') ? { files } : {}),
    ...(relations.has('techniques') ? { techniques: techniques ?? [] } : {})
  };
}

function misbehave(fault: SearchFault, response: ServerResponse): boolean {
  switch (fault) {
    case 'none':
      return false;
    case 'status-500':
      response
        .writeHead(500, { 'content-type': 'text/html' })
        .end('<h1>Internal <b>error</b></h1>');
      return true;
    case 'html':
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<!doctype html><title>Maintenance</title>');
      return true;
    case 'wrong-shape':
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"datasets":"yes"}');
      return true;
    case 'huge':
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(`["${'x'.repeat(9_000_000)}"]`);
      return true;
    case 'cut':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('[');
      response.socket?.end();
      return true;
    case 'drip': {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
      return true;
    }
  }
}

/** Serves the search API on loopback; also the catalogue of the demo facility. */
export async function startSearchApi(
  datasets: readonly SearchDataset[],
  port = 0
): Promise<{
  api: string;
  requests: string[];
  closed: string[];
  fault(name: SearchFault): void;
  close(): Promise<void>;
}> {
  let fault: SearchFault = 'none';
  const requests: string[] = [];
  const closed: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    requests.push(request.url ?? '');
    response.on('close', () => {
      if (!response.writableFinished) {
        closed.push(request.url ?? '');
      }
    });
    if (misbehave(fault, response)) {
      return;
    }
    const send = (value: unknown, status = 200): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    };
    const filter = JSON.parse(url.searchParams.get('filter') ?? '{}') as Filter;
    const cut = <T>(rows: readonly T[]): T[] =>
      rows.slice(filter.skip ?? 0, (filter.skip ?? 0) + (filter.limit ?? 100));
    const [, , kind, pid, relation, count] = url.pathname.split('/').map(decodeURIComponent);
    if (kind !== 'datasets') {
      send({ error: { statusCode: 404, name: 'NotFoundError', message: 'no such path' } }, 404);
      return;
    }
    if (pid === undefined) {
      const words = (filter.query ?? '')
        .toLowerCase()
        .split(/\s+/)
        .filter(word => word !== '');
      const found = datasets.filter(dataset => {
        const text =
          `${dataset.pid} ${dataset.title} ${(dataset.techniques ?? []).map(t => t.name).join(' ')}`.toLowerCase();
        return (dataset.isListed ?? dataset.isPublic) && words.every(word => text.includes(word));
      });
      send(cut(found).map(dataset => visible(dataset, filter)));
      return;
    }
    const dataset = datasets.find(candidate => candidate.pid === pid);
    if (dataset === undefined) {
      send(
        {
          error: { statusCode: 404, name: 'Error', message: 'Unknown id', code: 'MODEL_NOT_FOUND' }
        },
        404
      );
    } else if (relation === undefined) {
      send(visible(dataset, filter));
    } else if (relation === 'files') {
      send(count === 'count' ? { count: dataset.files.length } : cut(dataset.files));
    } else {
      send([]);
    }
  });
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve));
  return {
    api: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`,
    requests,
    closed,
    fault: name => {
      fault = name;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    }
  };
}
