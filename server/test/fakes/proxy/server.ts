import { createServer, request, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** One request as the proxy saw it. */
export interface ProxiedRequest {
  readonly method: string;
  /** `host:port` of a tunnel, or the whole address. */
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
}

/** A proxy on loopback that knows a few names, as its own resolver would, and reaches nothing else. */
export interface FakeProxy {
  readonly port: number;
  readonly requests: ProxiedRequest[];
  /** Local ports of its connections to the other side: who comes from another one went around it. */
  readonly ownPorts: Set<number>;
  /** `NAME:PASSWORD` that it wants; null for anybody. */
  person: string | null;
  /** Answers everything with this status; null to let through. */
  refuses: number | null;
  /** Takes connections and says nothing. */
  isMute: boolean;
  close(): Promise<void>;
}

/** Starts it; `names` says on which port of 127.0.0.1 a name with its port (`data.test:443`) is served. */
export async function startFakeProxy(names: ReadonlyMap<string, number>): Promise<FakeProxy> {
  const sockets = new Set<Socket>();
  const refusal = (headers: IncomingMessage['headers']): number | null => {
    const given = headers['proxy-authorization'] ?? '';
    const isKnown =
      proxy.person === null || given === `Basic ${Buffer.from(proxy.person).toString('base64')}`;
    return isKnown ? proxy.refuses : 407;
  };
  const server = createServer((incoming, answer) => {
    const { headers, method = 'GET', url = '' } = incoming;
    proxy.requests.push({ method, target: url, headers });
    if (proxy.isMute) {
      return;
    }
    const status = refusal(headers);
    const wanted = URL.canParse(url) ? new URL(url) : null;
    const port = wanted === null ? undefined : names.get(`${wanted.hostname}:${wanted.port || 80}`);
    if (status !== null || wanted === null || port === undefined) {
      answer.writeHead(status ?? 502).end('<h1>Proxy</h1>');
      return;
    }
    const { 'proxy-authorization': _own, ...passedOn } = headers;
    const outgoing = request(
      {
        host: '127.0.0.1',
        port,
        method,
        path: `${wanted.pathname}${wanted.search}`,
        headers: passedOn,
        agent: false
      },
      response => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
      }
    );
    outgoing.on('socket', socket =>
      socket.once('connect', () => proxy.ownPorts.add(socket.localPort ?? 0))
    );
    outgoing.on('error', () => answer.destroy());
    answer.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  server.on('connect', (incoming: IncomingMessage, client: Socket) => {
    const target = incoming.url ?? '';
    proxy.requests.push({ method: 'CONNECT', target, headers: incoming.headers });
    client.on('error', () => undefined);
    if (proxy.isMute) {
      return;
    }
    const status = refusal(incoming.headers) ?? (names.has(target) ? null : 502);
    if (status !== null) {
      client.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const upstream = connect(names.get(target) ?? 0, '127.0.0.1', () => {
      proxy.ownPorts.add(upstream.localPort ?? 0);
      client.write('HTTP/1.1 200 Connected\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    upstream.on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });
  server.on('connection', socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const proxy: FakeProxy = {
    port: 0,
    requests: [],
    ownPorts: new Set(),
    person: null,
    refuses: null,
    isMute: false,
    close: async () => {
      for (const socket of sockets) {
        socket.destroy();
      }
      await new Promise(resolve => server.close(resolve));
    }
  };
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(proxy, { port: (server.address() as AddressInfo).port });
}
