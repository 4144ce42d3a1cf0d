import { request } from 'node:http';
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Duplex } from 'node:stream';
import { nameOf, ProxyFailure, refusalBy, type WebProxy } from './proxy.ts';

/** A proxy that neither lets through nor refuses for this long is given up. */
const LIMIT_MS = 20_000;

/** What a connection to a proxy that failed means for a person. */
export function unreachableProxy(proxy: WebProxy, cause: Error): ProxyFailure {
  const code = 'code' in cause ? String(cause.code) : cause.message;
  return new ProxyFailure(
    `The proxy ${nameOf(proxy)}, which ${proxy.variable} names, cannot be reached (${code}). Check that variable, or ask who runs the proxy.`,
    true,
    cause
  );
}

/** Who signs in at the proxy, as a header. */
export function authorizationFor({ authorization }: WebProxy): Record<string, string> {
  return authorization === null ? {} : { 'proxy-authorization': authorization.reveal() };
}

/** A connection to the proxy itself. Rejects with a `ProxyFailure`. */
export function connectToProxy(proxy: WebProxy): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const { host, isTls, port } = proxy;
    const socket: Socket = isTls
      ? connectTls({ host, port, ...(/[^\d.:]/.test(host) ? { servername: host } : {}) })
      : connectPlain({ host, port });
    const fail = (error: Error): void => {
      clearTimeout(limit);
      socket.destroy();
      reject(unreachableProxy(proxy, error));
    };
    const limit = setTimeout(() => fail(new Error('no answer in time')), LIMIT_MS);
    socket.on('error', fail);
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      clearTimeout(limit);
      socket.off('error', fail);
      resolve(socket);
    });
  });
}

/** A tunnel to `host:port` (CONNECT, RFC 9110 §9.3.6). Rejects with a `ProxyFailure`. */
export async function openTunnel(proxy: WebProxy, wanted: string): Promise<Duplex> {
  const socket = await connectToProxy(proxy);
  return new Promise((resolve, reject) => {
    const fail = (failure: ProxyFailure): void => {
      clearTimeout(limit);
      socket.destroy();
      reject(failure);
    };
    const limit = setTimeout(
      () => fail(unreachableProxy(proxy, new Error('no answer in time'))),
      LIMIT_MS
    );
    const asked = request({
      method: 'CONNECT',
      path: wanted,
      headers: { host: wanted, ...authorizationFor(proxy) },
      createConnection: () => socket
    });
    asked.on('connect', ({ statusCode = 0 }, tunnel, head) => {
      if (statusCode < 200 || statusCode > 299) {
        fail(refusalBy(proxy, statusCode, wanted));
        return;
      }
      clearTimeout(limit);
      if (head.length > 0) {
        tunnel.unshift(head);
      }
      resolve(tunnel);
    });
    asked.on('error', error => fail(unreachableProxy(proxy, error)));
    asked.end();
  });
}
