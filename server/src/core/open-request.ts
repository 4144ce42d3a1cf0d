import {
  Agent as HttpAgent,
  request as httpRequest,
  type ClientRequest,
  type ClientRequestArgs
} from 'node:http';
import {
  Agent as HttpsAgent,
  request as httpsRequest,
  type AgentOptions,
  type RequestOptions
} from 'node:https';
import { Duplex } from 'node:stream';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { WebProxy } from './proxy.ts';
import { authorizationFor, connectToProxy, openTunnel } from './proxy-connection.ts';
import type { Via } from './via.ts';

type Done = (error: Error | null, stream: Duplex) => void;

function settle(connecting: Promise<Duplex>, done: Done | undefined): void {
  connecting.then(
    stream => done?.(null, stream),
    // Nobody looks at the stream of a failure.
    (error: unknown) => done?.(error as Error, new Duplex())
  );
}

/** Connects to the proxy whatever host is asked for: for plain http. */
class ForwardAgent extends HttpAgent {
  readonly #proxy: WebProxy;

  constructor(proxy: WebProxy) {
    super();
    this.#proxy = proxy;
  }

  override createConnection(_options: ClientRequestArgs, done?: Done): undefined {
    settle(connectToProxy(this.#proxy), done);
  }
}

/** Opens a tunnel to each host and speaks TLS in it. */
class TunnelAgent extends HttpsAgent {
  readonly #proxy: WebProxy;

  constructor(proxy: WebProxy, options: AgentOptions) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(options: RequestOptions, done?: Done): undefined {
    const host = options.host ?? '';
    const wanted = `${host.includes(':') ? `[${host}]` : host}:${options.port ?? 443}`;
    const inside = openTunnel(this.#proxy, wanted).then(socket => {
      const stream = super.createConnection({ ...options, socket } as RequestOptions);
      return stream ?? socket;
    });
    settle(inside, done);
  }
}

const contexts = new Map<string, SecureContext>();

/** Reading a hundred authorities for each connection would take longer than the connection. */
function trusting(ca: string | null): AgentOptions {
  if (ca === null) {
    return {};
  }
  const secureContext = contexts.get(ca) ?? createSecureContext({ ca });
  contexts.set(ca, secureContext);
  return { secureContext };
}

/** What speaks TLS with the hosts behind `via`; it can be kept for several requests. */
export function tlsAgent({ ca, proxy }: Via, options: AgentOptions = {}): HttpsAgent {
  const all = { ...options, ...trusting(ca) };
  return proxy === null ? new HttpsAgent(all) : new TunnelAgent(proxy, all);
}

/** What a request needs beside its way. */
interface Asking {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** One that is kept; a new connection for each request by default. */
  readonly agent?: HttpsAgent;
}

/** An address as a proxy is asked for it (RFC 9112 §3.2.2). */
export function absoluteForm({ origin, pathname, search }: URL): string {
  return `${origin}${pathname}${search}`;
}

/**
 * A request on its way, by Node's own client: through a tunnel for https, in absolute form for http.
 * While a proxy is connected to, a signal or `destroy()` is not heard: who gives up then must not wait for `error`.
 */
export function openRequest(url: URL, via: Via, asking: Asking): ClientRequest {
  const { agent, headers, method, signal } = asking;
  const shared = { method, ...(signal === undefined ? {} : { signal }) };
  if (url.protocol === 'https:') {
    return httpsRequest(url, { ...shared, headers, agent: agent ?? tlsAgent(via) });
  }
  if (via.proxy === null) {
    return httpRequest(url, { ...shared, headers, agent: false });
  }
  return httpRequest({
    ...shared,
    host: url.hostname,
    path: absoluteForm(url),
    headers: { ...headers, host: url.host, ...authorizationFor(via.proxy) },
    agent: new ForwardAgent(via.proxy)
  });
}
