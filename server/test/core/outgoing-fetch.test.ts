import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { before, describe, it, type TestContext } from 'node:test';
import { httpRequest, type HttpRequest } from '../../src/core/http-client.ts';
import { outgoingFetch } from '../../src/core/outgoing-fetch.ts';
import { ProblemError } from '../../src/core/problem.ts';
import type { Environment } from '../../src/core/proxy.ts';
import { startFakeProxy, type FakeProxy } from '../fakes/proxy/server.ts';
import { makeAuthority, type PrivateAuthority } from '../support/private-authority.ts';
import { tempDir } from '../support/temp-dir.ts';

const ask: HttpRequest = { maxBytes: 1000, timeoutMs: 10_000 };
const root = tempDir('outgoing');
let authority: PrivateAuthority;
let other: PrivateAuthority;
let served: { key: string; cert: string };

before(() => {
  authority = makeAuthority(path.join(root, 'ours'));
  other = makeAuthority(path.join(root, 'other'));
  served = authority.issue('data.test');
});

interface Bench {
  readonly proxy: FakeProxy;
  /** What the other side was asked, with the port that it was asked from. */
  readonly seen: { readonly request: IncomingMessage; readonly from: number }[];
  readonly env: Environment;
  readonly get: (
    url: string,
    options?: { env?: Environment; ca?: string; more?: Partial<HttpRequest> }
  ) => Promise<{ status: number; text: string }>;
}

/** `data.test` by http and https, which only the proxy can find. */
async function open(t: TestContext): Promise<Bench> {
  const seen: Bench['seen'] = [];
  const listener: RequestListener = (request, response) => {
    seen.push({ request, from: request.socket.remotePort ?? 0 });
    if (request.url === '/407') {
      response.writeHead(407).end();
    } else if (request.url === '/away') {
      response.writeHead(302, { location: 'http://elsewhere.test/' }).end();
    } else {
      request.pipe(response.writeHead(200, { 'x-path': request.url ?? '' }));
      if (request.method === 'GET') {
        response.write('hello');
      }
    }
  };
  const plain = createServer(listener);
  const tls = createTlsServer({ key: served.key, cert: served.cert }, listener);
  for (const server of [plain, tls]) {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  }
  const portOf = (server: typeof plain): number => (server.address() as AddressInfo).port;
  const proxy = await startFakeProxy(
    new Map([
      ['data.test:80', portOf(plain)],
      ['data.test:443', portOf(tls)],
      ['wrong.test:443', portOf(tls)]
    ])
  );
  t.after(async () => {
    plain.closeAllConnections();
    tls.closeAllConnections();
    plain.close();
    tls.close();
    await proxy.close();
  });
  const env = {
    http_proxy: `http://127.0.0.1:${proxy.port}`,
    HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`
  };
  return {
    proxy,
    seen,
    env,
    get: async (url, options = {}) => {
      const direct = () => Promise.reject(new Error('went around the proxy'));
      const answer = await httpRequest(
        new URL(url),
        { ...ask, ...options.more },
        outgoingFetch(
          { fetch: direct, surroundings: { env: options.env ?? env } },
          options.ca ?? null
        )
      );
      return { status: answer.status, text: Buffer.from(answer.body).toString() };
    }
  };
}

function refused(slug: string, sentence: RegExp): (error: unknown) => boolean {
  return error => {
    assert.ok(error instanceof ProblemError, String(error));
    assert.equal(error.slug, slug, error.message);
    assert.match(error.message, sentence);
    return true;
  };
}

describe('what goes out through a proxy', () => {
  it('asks for the whole address by http', async t => {
    const { get, proxy, seen } = await open(t);
    assert.deepEqual(await get('http://data.test/a%20b?c=d'), { status: 200, text: 'hello' });
    assert.deepEqual(
      proxy.requests.map(({ method, target }) => [method, target]),
      [['GET', 'http://data.test/a%20b?c=d']]
    );
    assert.equal(seen[0]?.request.headers.host, 'data.test');
    assert.equal(seen[0].request.url, '/a%20b?c=d');
    assert.ok(proxy.ownPorts.has(seen[0].from));
  });

  it('opens a tunnel for https, and shows the proxy nothing of what is in it', async t => {
    const { get, proxy, seen } = await open(t);
    const more = {
      method: 'POST',
      body: 'code=1',
      headers: { authorization: 'Bearer t0k3n' }
    } as const;
    const answer = await get('https://data.test/token', { ca: authority.pem, more });
    assert.deepEqual(answer, { status: 200, text: 'code=1' });
    assert.equal(seen[0]?.request.headers.authorization, 'Bearer t0k3n');
    assert.deepEqual(
      proxy.requests.map(({ method, target }) => [method, target]),
      [['CONNECT', 'data.test:443']]
    );
    assert.doesNotMatch(JSON.stringify(proxy.requests), /t0k3n/);
    assert.ok(proxy.ownPorts.has(seen[0].from));
  });

  it('signs in at the proxy and tells the service nothing of that', async t => {
    const { get, proxy, seen } = await open(t);
    proxy.person = 'alice:p@ss';
    const text = `http://alice:p%40ss@127.0.0.1:${proxy.port}`;
    const env = { http_proxy: text, https_proxy: text };
    assert.equal((await get('http://data.test/', { env })).status, 200);
    assert.equal((await get('https://data.test/', { env, ca: authority.pem })).status, 200);
    assert.equal(seen.length, 2);
    assert.ok(seen.every(({ request }) => request.headers['proxy-authorization'] === undefined));
  });

  it('says in one sentence that the proxy wants a name, or does not like it', async t => {
    const { env, get, proxy, seen } = await open(t);
    proxy.person = 'alice:right';
    const wrong = `http://alice:wrong@127.0.0.1:${proxy.port}`;
    for (const url of ['http://data.test/', 'https://data.test/']) {
      await assert.rejects(
        get(url, { env, ca: authority.pem }),
        refused(
          'proxy-refused',
          /^The proxy 127\.0\.0\.1:\d+ \(\w+\) wants a name and a password: put /
        )
      );
      await assert.rejects(
        get(url, { env: { http_proxy: wrong, https_proxy: wrong }, ca: authority.pem }),
        (error: unknown) => {
          assert.doesNotMatch(String(error), /alice|wrong/);
          return refused(
            'proxy-refused',
            /does not accept the name and the password in https?_proxy/
          )(error);
        }
      );
    }
    assert.equal(seen.length, 0);
  });

  it('names a proxy that refuses, does not find, does not answer or is not there', async t => {
    const { env, get, proxy } = await open(t);
    proxy.refuses = 403;
    await assert.rejects(
      get('https://data.test/'),
      refused('proxy-refused', /does not let anybody through to data\.test:443 \(403\)/)
    );
    proxy.refuses = null;
    await assert.rejects(
      get('https://unknown.test/'),
      refused(
        'upstream-unreachable',
        /^The proxy .* \(HTTPS_PROXY\) cannot reach unknown\.test:443 \(502\)/
      )
    );
    proxy.isMute = true;
    for (const url of ['https://data.test/', 'http://data.test/']) {
      await assert.rejects(
        get(url, { more: { timeoutMs: 200 } }),
        refused('upstream-slow', /data\.test did not answer/)
      );
    }
    await proxy.close();
    for (const [url, variable] of [
      ['https://data.test/', 'HTTPS_PROXY'],
      ['http://data.test/', 'http_proxy']
    ] as const) {
      await assert.rejects(
        get(url, { env }),
        refused(
          'upstream-unreachable',
          new RegExp(
            `^The proxy 127.0.0.1:${proxy.port}, which ${variable} names, cannot be reached \\(ECONNREFUSED\\)`
          )
        )
      );
    }
  });

  it('is given up at once when nobody wants it any more', async t => {
    const { get, proxy } = await open(t);
    proxy.isMute = true;
    const stop = new AbortController();
    const asked = get('https://data.test/', { more: { signal: stop.signal } });
    stop.abort(new Error('enough'));
    await assert.rejects(asked, /enough/);
  });

  it('blames no proxy for what a service says in a tunnel', async t => {
    const { get } = await open(t);
    assert.equal((await get('https://data.test/407', { ca: authority.pem })).status, 407);
    await assert.rejects(
      get('http://data.test/407'),
      refused('proxy-refused', /wants a name and a password/)
    );
  });

  it('leaves nothing at a signal that outlives the request', async t => {
    const { env } = await open(t);
    const { signal } = new AbortController();
    const ask = outgoingFetch({ fetch, surroundings: { env } });
    for (let nth = 0; nth < 10; nth++) {
      await (await ask('http://data.test/', { signal })).text();
      await assert.rejects(ask('https://data.test/', { signal }));
    }
    assert.ok(getEventListeners(signal, 'abort').length <= 2, 'no more than one request’s own');
  });

  it('follows no redirect', async t => {
    const { get, proxy } = await open(t);
    assert.equal((await get('http://data.test/away')).status, 302);
    assert.equal(proxy.requests.length, 1);
  });

  it('goes directly where no_proxy says so, and to this machine', async t => {
    const { env, get, proxy } = await open(t);
    await assert.rejects(
      get('http://data.test/', { env: { ...env, NO_PROXY: '.test' } }),
      /cannot be reached/
    );
    await assert.rejects(get('http://127.0.0.1:9/'), /cannot be reached/);
    assert.equal(proxy.requests.length, 0);
  });
});

describe('whom https trusts', () => {
  it('is nobody who vouches for himself', async t => {
    const { get, seen } = await open(t);
    await assert.rejects(
      get('https://data.test/'),
      refused(
        'upstream-unreachable',
        /data\.test cannot be reached \([A-Z_]*(?:CERT|SIGNATURE)[A-Z_]*\)/
      )
    );
    assert.equal(seen.length, 0);
  });

  it('is the file that the environment names, OpenSSL’s variable before that of Python', async t => {
    const { env, get } = await open(t);
    const ok = (more: Environment, ca?: string) =>
      get('https://data.test/', {
        env: { ...env, ...more },
        ...(ca === undefined ? {} : { ca })
      }).then(
        ({ status }) => status === 200,
        () => false
      );
    assert.equal(await ok({ SSL_CERT_FILE: authority.file }), true);
    assert.equal(await ok({ REQUESTS_CA_BUNDLE: authority.file }), true);
    assert.equal(
      await ok({ SSL_CERT_FILE: other.file, REQUESTS_CA_BUNDLE: authority.file }),
      false
    );
    // A facility's own authority is the only one for its entry.
    assert.equal(await ok({ SSL_CERT_FILE: other.file }, authority.pem), true);
    assert.equal(await ok({ SSL_CERT_FILE: authority.file }, other.pem), false);
    // What cannot be read changes nothing.
    assert.equal(await ok({ SSL_CERT_FILE: path.join(root, 'missing.pem') }), false);
  });

  it('is who has a certificate for the name in the address', async t => {
    const { get, seen } = await open(t);
    await assert.rejects(
      get('https://wrong.test/', { ca: authority.pem }),
      refused('upstream-unreachable', /\(ERR_TLS_CERT_ALTNAME_INVALID\)/)
    );
    assert.equal(seen.length, 0);
  });
});
