import { isExempt, isLoopback } from './no-proxy.ts';
import { Secret } from './secret.ts';

/** What was read from the environment of the process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A proxy that the environment names. */
export interface WebProxy {
  readonly host: string;
  readonly port: number;
  /** The proxy itself is spoken to by TLS. */
  readonly isTls: boolean;
  /** Value of `Proxy-Authorization`; null where the variable names nobody. */
  readonly authorization: Secret | null;
  /** Name of the variable that says so. */
  readonly variable: string;
}

/** What went wrong between here and the proxy, or at the proxy itself; the message is a sentence for a person. */
export class ProxyFailure extends Error {
  /** The same request may work a moment later. */
  readonly isTransient: boolean;

  constructor(sentence: string, isTransient: boolean, cause?: unknown) {
    super(sentence, cause === undefined ? {} : { cause });
    this.name = 'ProxyFailure';
    this.isTransient = isTransient;
  }
}

/**
 * Which variables count, the first that is set. `HTTP_PROXY` in capitals does not: in a CGI program a request's
 * `Proxy` header sets it (https://httpoxy.org), so curl and others leave it alone.
 */
const variables: Readonly<Record<string, readonly string[]>> = {
  'http:': ['http_proxy'],
  'https:': ['https_proxy', 'HTTPS_PROXY']
};
/** What curl takes where no port is named (curl(1), `--proxy`). */
const USUAL_PORT = 1080;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function readProxy(text: string, variable: string): WebProxy {
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    throw new ProxyFailure(
      `${variable} in the environment names no proxy that can be used: put http://HOST:PORT there, or remove it, and start JupyterLab again.`,
      false
    );
  }
  const isTls = url.protocol === 'https:';
  // The URL parser drops a port that is the scheme's own, and 80 is not 1080.
  const named = /:(\d{1,5})$/.exec(address.replace(/^[^:]*:\/\//, '').split(/[/?#]/)[0] ?? '')?.[1];
  const person = `${decoded(url.username)}:${decoded(url.password)}`;
  return {
    host: url.hostname.replaceAll(/^\[|\]$/g, ''),
    port: named === undefined ? (isTls ? 443 : USUAL_PORT) : Number(named),
    isTls,
    authorization:
      person === ':' ? null : new Secret(`Basic ${Buffer.from(person).toString('base64')}`),
    variable
  };
}

/** The proxy that an address is asked through; null for a direct way. Throws a `ProxyFailure` when the variable is no address. */
export function proxyFor(url: URL, env: Environment): WebProxy | null {
  const variable = variables[url.protocol]?.find(name => (env[name] ?? '') !== '');
  const noProxy = env['no_proxy'] || env['NO_PROXY'] || '';
  if (variable === undefined || isLoopback(url.hostname) || isExempt(url, noProxy)) {
    return null;
  }
  return readProxy(env[variable] ?? '', variable);
}

/** `proxy.example.org:3128`, as a person may read it: without who signs in there. */
export function nameOf({ host, port }: WebProxy): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Why a proxy did not let a request through, by the status of its own answer (RFC 9110 §9.3.6, §15.5.8). */
export function refusalBy(proxy: WebProxy, status: number, wanted: string): ProxyFailure {
  const who = `The proxy ${nameOf(proxy)} (${proxy.variable})`;
  if (status === 407) {
    return new ProxyFailure(
      proxy.authorization === null
        ? `${who} wants a name and a password: put http://NAME:PASSWORD@${nameOf(proxy)} into ${proxy.variable}, and start JupyterLab again.`
        : `${who} does not accept the name and the password in ${proxy.variable}. Correct them, and start JupyterLab again.`,
      false
    );
  }
  return status >= 500
    ? new ProxyFailure(`${who} cannot reach ${wanted} (${status}). Try again later.`, true)
    : new ProxyFailure(
        `${who} does not let anybody through to ${wanted} (${status}). Ask who runs it, or name the host in NO_PROXY if it can be reached directly.`,
        false
      );
}

/**
 * What a proxy said in place of the service; null where the service itself has answered. In a tunnel nobody but the
 * service speaks: what comes out of it with 407 is its own.
 */
export function refusalFor(url: URL, proxy: WebProxy | null, status: number): ProxyFailure | null {
  return status === 407 && proxy !== null && url.protocol === 'http:'
    ? refusalBy(proxy, status, url.host)
    : null;
}
