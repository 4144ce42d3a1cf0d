import { httpRequest } from '../../core/http-client.ts';
import { nameOf, proxyFor, ProxyFailure, type Environment } from '../../core/proxy.ts';
import type { Profile } from '../../facility/profile.ts';
import type { Parts } from '../../parts.ts';
import { ok, type Check, type Finding } from '../port.ts';

const TIMEOUT_MS = 6000;

/** One address for each service of the facility. */
function services(profile: Profile | null): URL[] {
  const named = [
    ...(profile?.providers ?? []).map(({ issuer }) => issuer),
    ...(profile?.catalogues ?? []).map(({ api }) => api),
    ...(profile?.stores ?? []).map(({ url }) => url),
    ...(profile?.repositories ?? []).flatMap(({ servers }) => servers)
  ];
  return [...new Map(named.map(text => [new URL(text).origin, new URL(text)])).values()];
}

/** Addresses by the proxy that they are asked through; the empty name is the direct way. */
function byProxy(urls: readonly URL[], env: Environment): Map<string, URL[]> {
  const ways = new Map<string, URL[]>();
  for (const url of urls) {
    const proxy = proxyFor(url, env);
    const way = proxy === null ? '' : `${nameOf(proxy)} (${proxy.variable})`;
    ways.set(way, [...(ways.get(way) ?? []), url]);
  }
  return ways;
}

function hosts(urls: readonly URL[]): string {
  return [...new Set(urls.map(({ host }) => host))].join(', ');
}

/** Which proxy is asked for which service, and whether each of them lets anything through. */
export function proxy(parts: Pick<Parts, 'facility' | 'fetch' | 'surroundings'>): Check {
  const { env } = parts.surroundings;
  return {
    id: 'machine.proxy',
    title: 'Proxy',
    run: async ({ signal }): Promise<Finding> => {
      let ways: Map<string, URL[]>;
      try {
        ways = byProxy(services(parts.facility.current()), env);
      } catch (error) {
        if (error instanceof ProxyFailure) {
          return { state: 'failed', text: error.message };
        }
        throw error;
      }
      const proxies = [...ways].filter(([way]) => way !== '');
      if (proxies.length === 0) {
        return noProxy(env);
      }
      for (const [, [url]] of proxies) {
        if (url !== undefined) {
          const failure = await failureThere(url, parts, signal);
          if (failure !== null) {
            return { state: 'failed', text: failure.message };
          }
        }
      }
      const direct = ways.get('') ?? [];
      return ok(
        [
          ...proxies.map(([way, urls]) => `Through ${way}: ${hosts(urls)}.`),
          ...(direct.length === 0 ? [] : [`Directly: ${hosts(direct)}.`])
        ].join(' ')
      );
    }
  };
}

/** What the proxy has against a request; other failures are said by the check of the service itself. */
async function failureThere(
  url: URL,
  parts: Pick<Parts, 'fetch'>,
  signal: AbortSignal
): Promise<ProxyFailure | null> {
  const asking = { method: 'HEAD', maxBytes: 65_536, cut: true, timeoutMs: TIMEOUT_MS } as const;
  try {
    await httpRequest(url, { ...asking, signal }, parts.fetch);
    return null;
  } catch (error) {
    signal.throwIfAborted();
    return error instanceof Error && error.cause instanceof ProxyFailure ? error.cause : null;
  }
}

function noProxy(env: Environment): Finding {
  const isSet = (name: string): boolean => (env[name] ?? '') !== '';
  if (isSet('HTTP_PROXY') && !isSet('http_proxy')) {
    return {
      state: 'warning',
      text: 'HTTP_PROXY is set and does not count, as with curl: services are asked directly.',
      cure: 'Set http_proxy, in small letters, if services behind http need the proxy.'
    };
  }
  return ok(
    ['http_proxy', 'https_proxy', 'HTTPS_PROXY'].some(isSet)
      ? 'A proxy is set, and none of the services of this facility needs it: they are asked directly.'
      : 'No proxy is set: services are asked directly.'
  );
}
