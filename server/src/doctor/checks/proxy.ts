import type { Parts } from '../../parts.ts';
import { ok, type Check } from '../port.ts';

const names = ['https_proxy', 'http_proxy', 'HTTPS_PROXY', 'HTTP_PROXY'];

/** A proxy as it may be shown: who signs in there is nobody's business. */
function withoutPerson(text: string): string {
  try {
    const { host, protocol } = new URL(text);
    return `${protocol}//${host}`;
  } catch {
    return 'not an address';
  }
}

/** What the environment says of proxies. */
export function proxy({ surroundings: { env } }: Pick<Parts, 'surroundings'>): Check {
  return {
    id: 'machine.proxy',
    title: 'Proxy',
    run: () => {
      const set = names.flatMap(name => {
        const value = env[name];
        return value === undefined || value === '' ? [] : [`${name}=${withoutPerson(value)}`];
      });
      return Promise.resolve(
        set.length === 0
          ? ok('No proxy is set: services are asked directly.')
          : {
              state: 'warning',
              text: `The environment names a proxy (${set.join(', ')}), and the companion asks services directly.`,
              cure: 'If the checks below fail, this machine cannot be used without the proxy yet.'
            }
      );
    }
  };
}
