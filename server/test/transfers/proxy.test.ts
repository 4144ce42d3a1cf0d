import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import path from 'node:path';
import { before, describe, it, type TestContext } from 'node:test';
import type { Environment } from '../../src/core/proxy.ts';
import { StoreProfile } from '../../src/facility/profile.ts';
import { HttpBackend } from '../../src/transfers/adapters/http.ts';
import type { PullResult } from '../../src/transfers/port.ts';
import { probe } from '../../src/transfers/puller/probe.ts';
import { refuses, sampleBytes, sha256Of } from '../conformance/transfer-backend.ts';
import { startFakeProxy, type FakeProxy } from '../fakes/proxy/server.ts';
import { startFaultyStore, type FaultyStore } from '../fakes/faulty-store/server.ts';
import { makeAuthority, type PrivateAuthority } from '../support/private-authority.ts';
import { tempDir } from '../support/temp-dir.ts';
import { testCall } from '../support/test-call.ts';
import { CHUNK } from './http-setup.ts';

const root = tempDir('pull-proxy');
const bytes = sampleBytes(5 * CHUNK + 17);
let authority: PrivateAuthority;
let served: { key: string; cert: string };
before(() => {
  authority = makeAuthority(path.join(root, 'authority'));
  served = authority.issue('store.test');
});

interface Bench {
  readonly proxy: FakeProxy;
  readonly faulty: FaultyStore;
  /** Ports that the store was asked from. */
  readonly from: number[];
  readonly pull: (
    scheme: 'http' | 'https',
    options?: { env?: Environment; ca?: string }
  ) => Promise<{ result: PullResult; target: string }>;
}

/** `store.test`, which only the proxy can find; by https it is the same store behind TLS. */
async function open(t: TestContext): Promise<Bench> {
  const faulty = await startFaultyStore();
  faulty.objects.set('/data/scan.h5', { bytes });
  const from: number[] = [];
  const storePort = Number(new URL(faulty.url).port);
  const forward = (client: Socket): void => {
    from.push(client.remotePort ?? 0);
    const inside = connect(storePort, '127.0.0.1');
    client.pipe(inside).pipe(client);
    client.on('error', () => inside.destroy());
    inside.on('error', () => client.destroy());
  };
  const plain = createServer(forward);
  const tls = createTlsServer({ key: served.key, cert: served.cert }, forward);
  for (const server of [plain, tls]) {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  }
  const portOf = (server: typeof plain): number => (server.address() as AddressInfo).port;
  const proxy = await startFakeProxy(
    new Map([
      ['store.test:80', portOf(plain)],
      ['store.test:443', portOf(tls)]
    ])
  );
  t.after(async () => {
    await proxy.close();
    await faulty.close();
    plain.close();
    tls.close();
  });
  let count = 0;
  return {
    proxy,
    faulty,
    from,
    pull: async (scheme, options = {}) => {
      const here = `http://127.0.0.1:${proxy.port}`;
      const env = options.env ?? { http_proxy: here, https_proxy: here };
      const backend = new HttpBackend(name => name, {
        idleMs: 5000,
        retries: 1,
        firstBackoffMs: 1,
        isSynced: false,
        env
      });
      const target = path.join(root, `scan-${process.pid}-${count++}-${proxy.port}.h5`);
      const store = StoreProfile.parse({
        id: 'store',
        title: 'Test store',
        kind: 'http',
        url: `${scheme}://store.test/data/`,
        chunk_bytes: CHUNK,
        ...(options.ca === undefined ? {} : { ca_file: options.ca })
      });
      const file = {
        url: new URL('scan.h5', store.url),
        target,
        sizeBytes: null,
        checksum: sha256Of(bytes),
        checksumHeader: null
      };
      try {
        return { result: await backend.pull(store, file, testCall(), () => undefined), target };
      } finally {
        await backend.close();
      }
    }
  };
}

describe('pulling through a proxy', () => {
  for (const scheme of ['http', 'https'] as const) {
    it(`brings a whole file by ${scheme}, and nothing goes around the proxy`, async t => {
      const { faulty, from, proxy, pull } = await open(t);
      const { result, target } = await pull(scheme, { ca: authority.file });
      assert.equal(result.state, 'verified');
      assert.deepEqual(readFileSync(target), bytes);
      assert.equal(faulty.requests.length, 7, 'one look and six ranges');
      assert.ok(from.every(port => proxy.ownPorts.has(port)));
      const targets = new Set(
        proxy.requests.map(({ method, target: asked }) => `${method} ${asked}`)
      );
      assert.deepEqual(
        [...targets],
        [scheme === 'http' ? 'GET http://store.test/data/scan.h5' : 'CONNECT store.test:443']
      );
    });

    it(`says by ${scheme} that the proxy wants a name, and does not ask for ever`, async t => {
      const { faulty, proxy, pull } = await open(t);
      proxy.person = 'alice:right';
      assert.match(
        (await refuses(pull(scheme, { ca: authority.file }), 'proxy-refused')).message,
        /wants a name and a password/
      );
      const wrong = `http://alice:wr0ng@127.0.0.1:${proxy.port}`;
      await assert.rejects(
        pull(scheme, { env: { http_proxy: wrong, https_proxy: wrong } }),
        (error: Error) => {
          assert.doesNotMatch(error.message, /alice|wr0ng/);
          assert.match(error.message, /does not accept the name and the password/);
          return true;
        }
      );
      assert.equal(proxy.requests.length, 2);
      assert.equal(faulty.requests.length, 0);
      const right = `http://alice:right@127.0.0.1:${proxy.port}`;
      const { result } = await pull(scheme, {
        env: { http_proxy: right, https_proxy: right },
        ca: authority.file
      });
      assert.equal(result.state, 'verified');
      assert.ok(
        faulty.requests.every(({ headers }) => headers['proxy-authorization'] === undefined)
      );
    });

    it(`says by ${scheme} when the proxy is not there, also in the middle of a pull`, async t => {
      const { proxy, pull, faulty } = await open(t);
      faulty.fault = (_seen, nth) => {
        if (nth === 1) {
          void proxy.close();
        }
        return null;
      };
      assert.match(
        (await refuses(pull(scheme, { ca: authority.file }), 'upstream-unreachable')).message,
        /^The proxy 127\.0\.0\.1:\d+, which https?_proxy names, cannot be reached \(ECONNREFUSED\)/
      );
      assert.match(
        (await refuses(pull(scheme, { ca: authority.file }), 'upstream-unreachable')).message,
        /^The proxy /
      );
    });
  }

  it('blames no proxy for what a store says in a tunnel, at the first look or later', async t => {
    for (const atFirst of [true, false]) {
      const { faulty, pull } = await open(t);
      faulty.fault = (_seen, nth) => (atFirst || nth > 1 ? { kind: 'status', status: 407 } : null);
      await assert.rejects(pull('https', { ca: authority.file }), (error: Error) => {
        assert.doesNotMatch(error.message, /proxy/i);
        assert.match(error.message, /407/);
        return true;
      });
    }
  });

  it('does not follow a store to another place, and asks no other host', async t => {
    const { faulty, proxy, pull } = await open(t);
    faulty.fault = () => ({ kind: 'redirect', to: 'http://169.254.169.254/latest/' });
    assert.match(
      (await refuses(pull('http'), 'upstream-garbled')).message,
      /sends on to another place/
    );
    assert.deepEqual(
      [...new Set(proxy.requests.map(({ target }) => new URL(target).host))],
      ['store.test']
    );
  });

  it('trusts who the environment names, and a profile’s own authority before that', async t => {
    const { proxy, pull } = await open(t);
    const here = { https_proxy: `http://127.0.0.1:${proxy.port}` };
    const other = makeAuthority(path.join(root, 'other'));
    const known = await pull('https', { env: { ...here, SSL_CERT_FILE: authority.file } });
    assert.equal(known.result.state, 'verified');
    const own = await pull('https', {
      env: { ...here, SSL_CERT_FILE: other.file },
      ca: authority.file
    });
    assert.equal(own.result.state, 'verified');
    assert.match(
      (await refuses(pull('https', { env: here }), 'upstream-unreachable')).message,
      /certificate/
    );
    assert.match(
      (
        await refuses(
          pull('https', { env: { ...here, SSL_CERT_FILE: other.file } }),
          'upstream-unreachable'
        )
      ).message,
      /certificate/
    );
  });
});

describe('a look at a store', () => {
  it('leaves nothing at the signal of the transfer, however it ends', async t => {
    const { faulty, proxy } = await open(t);
    const { signal } = new AbortController();
    const env = { http_proxy: `http://127.0.0.1:${proxy.port}` };
    const look = (name: string, timeoutMs = 5000) =>
      probe(
        new URL(`http://store.test/data/${name}`),
        {},
        { ca: null, env, timeoutMs, signal, isAllowed: () => true }
      );
    for (let nth = 0; nth < 20; nth++) {
      const found = await look(nth % 2 === 0 ? 'scan.h5' : 'missing.h5');
      assert.equal('failure' in found, nth % 2 === 1);
      assert.ok(getEventListeners(signal, 'abort').length <= 1, 'no more than one on its way');
    }
    proxy.isMute = true;
    assert.ok('failure' in (await look('scan.h5', 50)));
    await proxy.close();
    assert.ok('failure' in (await look('scan.h5')));
    assert.equal(faulty.requests.length, 20);
    assert.ok(getEventListeners(signal, 'abort').length <= 1);
  });
});
