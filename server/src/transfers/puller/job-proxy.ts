import { ProxyFailure, type WebProxy } from '../../core/proxy.ts';
import { Secret } from '../../core/secret.ts';
import type { RangeFailure } from './messages.ts';

/** A proxy as it crosses to a thread, which no `Secret` does. */
export interface JobProxy extends Omit<WebProxy, 'authorization'> {
  readonly authorization: string | null;
}

/** For the way to a thread; the opposite of `unpackProxy`. */
export function packProxy(proxy: WebProxy | null): JobProxy | null {
  return proxy === null ? null : { ...proxy, authorization: proxy.authorization?.reveal() ?? null };
}

/** What a thread was told. */
export function unpackProxy(proxy: JobProxy | null): WebProxy | null {
  return proxy === null
    ? null
    : {
        ...proxy,
        authorization: proxy.authorization === null ? null : new Secret(proxy.authorization)
      };
}

/** What a request that failed means: the proxy is named where it was the proxy. */
export function requestFailure(error: unknown): RangeFailure {
  return error instanceof ProxyFailure
    ? { kind: 'proxy', text: error.message, isTransient: error.isTransient }
    : { kind: 'network', text: error instanceof Error ? error.message : 'unknown' };
}
