import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsForwarder } from 'node:tls';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Doctor, Transfer } from '#contract';
import { sampleBytes, sha256Of } from '../conformance/transfer-backend.ts';
import { startFakeProxy, type FakeProxy } from '../fakes/proxy/server.ts';
import { startFaultyStore } from '../fakes/faulty-store/server.ts';
import { CompanionProcess } from '../support/companion-process.ts';
import { makeAuthority } from '../support/private-authority.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const PASSWORD = 'Pr0xy-Passw0rd';
const bytes = sampleBytes(300_000);

/** What a sign-in service says of itself, and its keys. */
function answerAsProvider(request: IncomingMessage, response: ServerResponse): void {
  const issuer = 'https://idp.test';
  const isKeys = request.url === '/keys';
  const metadata = {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    device_authorization_endpoint: `${issuer}/device`,
    jwks_uri: `${issuer}/keys`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256']
  };
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(isKeys ? { keys: [] } : metadata));
}

interface Bench {
  readonly proxy: FakeProxy;
  /** Ports from which the services were asked. */
  readonly from: number[];
  readonly home: string;
  readonly start: (env: Record<string, string>) => Promise<CompanionProcess>;
}

/** A sign-in service, a catalogue and a store at names that only the proxy can find. */
async function open(t: TestContext): Promise<Bench> {
  const home = tempDir('companion-proxy');
  const from: number[] = [];
  const authority = makeAuthority(path.join(home, 'authority'));
  const served = authority.issue('idp.test', 'store.test');
  const faulty = await startFaultyStore();
  faulty.objects.set('/data/scan.h5', { bytes });
  faulty.objects.set('/data/SHA256SUMS', {
    bytes: Buffer.from(`${sha256Of(bytes).value}  scan.h5\n`)
  });
  const idp = createTlsServer(served, answerAsProvider);
  const search = createServer((_request, response) =>
    response.setHeader('content-type', 'application/json').end('[]')
  );
  const store = createTlsForwarder(served, (client: Socket) => {
    const inside = connect(Number(new URL(faulty.url).port), '127.0.0.1');
    client.pipe(inside).pipe(client);
    client.on('error', () => inside.destroy());
    inside.on('error', () => client.destroy());
  });
  for (const server of [idp, search, store]) {
    server.on('connection', (socket: Socket) => from.push(socket.remotePort ?? 0));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  }
  const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;
  const proxy = await startFakeProxy(
    new Map([
      ['idp.test:443', portOf(idp)],
      ['search.test:80', portOf(search)],
      ['store.test:443', portOf(store)]
    ])
  );
  const profile = path.join(home, 'site.yaml');
  writeFileSync(
    profile,
    JSON.stringify({
      id: 'site',
      title: 'Site behind a proxy',
      providers: [
        { id: 'idp', title: 'Sign-in', issuer: 'https://idp.test', device: { client_id: 'x' } }
      ],
      catalogues: [
        { id: 'search', title: 'Search', kind: 'panosc-search', api: 'http://search.test/api' }
      ],
      stores: [
        {
          id: 'store',
          title: 'Store',
          kind: 'http',
          url: 'https://store.test/data/',
          checksums: { manifest: 'SHA256SUMS' }
        }
      ]
    })
  );
  const companions: CompanionProcess[] = [];
  t.after(async () => {
    for (const companion of companions) {
      companion.child.kill('SIGKILL');
      await companion.exited;
    }
    await proxy.close();
    await faulty.close();
    idp.closeAllConnections();
    search.closeAllConnections();
    for (const server of [idp, search, store]) {
      server.close();
    }
  });
  return {
    proxy,
    from,
    home,
    start: async env => {
      // One at a time: nobody needs the former one any more.
      companions.at(-1)?.child.kill('SIGKILL');
      const companion = new CompanionProcess(
        path.join(home, `state-${companions.length}`),
        { profilePaths: [profile], defaultProfile: 'site' },
        { PATH: process.env['PATH'], HOME: home, SSL_CERT_FILE: authority.file, ...env }
      );
      companions.push(companion);
      await companion.attach();
      return companion;
    }
  };
}

async function look(
  companion: CompanionProcess
): Promise<{ doctor: Doctor; said: (id: string) => string }> {
  const { body } = await companion.ask<Doctor>('GET', '/v1/doctor');
  return {
    doctor: body,
    said: id => {
      const check = body.checks.find(candidate => candidate.id === id);
      return `${check?.state}: ${check?.text}`;
    }
  };
}

/** Everything that a companion wrote down. */
function written(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(name => path.join(folder, name))
    .filter(file => statSync(file).isFile())
    .map(file => readFileSync(file, 'latin1'))
    .join('\n');
}

test('a companion behind a proxy asks for everything through it', async t => {
  const { from, home, proxy, start } = await open(t);
  proxy.person = `alice:${PASSWORD}`;
  const way = `http://alice:${PASSWORD}@127.0.0.1:${proxy.port}`;
  const companion = await start({ http_proxy: way, HTTPS_PROXY: way });
  const { doctor, said } = await look(companion);
  assert.equal(
    said('machine.proxy'),
    `ok: Through 127.0.0.1:${proxy.port} (HTTPS_PROXY): idp.test, store.test. Through 127.0.0.1:${proxy.port} (http_proxy): search.test.`
  );
  assert.match(said('machine.authorities'), /^ok: Those in .*ca\.pem \(SSL_CERT_FILE\)\.$/);
  assert.match(said('signin.idp'), /^ok: /);
  assert.match(said('datasets.search'), /^warning: It answers, and lists no dataset/);
  assert.match(said('transfers.store'), /^ok: It answers/);

  const { body: started, status } = await companion.ask<Transfer>('POST', '/v1/transfers', {
    body: { url: 'https://store.test/data/scan.h5', to: '~/data' }
  });
  assert.equal(status, 202, JSON.stringify(started));
  await until('the file', async () => {
    const { body } = await companion.ask<Transfer>('GET', `/v1/transfers/${started.id}`);
    assert.notEqual(body.state, 'failed', JSON.stringify(body.problem));
    return body.state === 'verified';
  });
  assert.deepEqual(readFileSync(path.join(home, 'data', 'scan.h5')), bytes);

  assert.ok(from.length > 5);
  assert.ok(
    from.every(port => proxy.ownPorts.has(port)),
    'nothing went around the proxy'
  );
  const hosts = new Set(
    proxy.requests.map(({ method, target }) =>
      method === 'CONNECT' ? target : new URL(target).host
    )
  );
  assert.deepEqual([...hosts].sort(), ['idp.test:443', 'search.test', 'store.test:443']);
  const basic = Buffer.from(`alice:${PASSWORD}`).toString('base64');
  for (const text of [companion.log, JSON.stringify(doctor), written(companion.stateDir)]) {
    assert.ok(!text.includes(PASSWORD) && !text.includes(basic));
  }
});

test('a wrong proxy is a red line of the self-check, with the cause', async t => {
  const { from, proxy, start } = await open(t);
  const way = `http://127.0.0.1:${proxy.port}`;
  proxy.person = 'alice:other';
  const wrong = `http://alice:${PASSWORD}@127.0.0.1:${proxy.port}`;
  const unknown = await look(await start({ https_proxy: wrong, http_proxy: wrong }));
  assert.match(
    unknown.said('machine.proxy'),
    /^failed: The proxy 127\.0\.0\.1:\d+ \(https_proxy\) does not accept the name and the password/
  );
  assert.match(unknown.said('signin.idp'), /^failed: Sign-in cannot be reached\. The proxy /);
  assert.match(unknown.said('transfers.store'), /^failed: The proxy .*does not accept/);
  assert.ok(!JSON.stringify(unknown.doctor).includes(PASSWORD));

  const unusable = await look(await start({ https_proxy: 'socks5://127.0.0.1:1080' }));
  assert.match(
    unusable.said('machine.proxy'),
    /^failed: https_proxy in the environment names no proxy that can be used/
  );

  await proxy.close();
  const gone = await look(await start({ https_proxy: way, http_proxy: way }));
  assert.match(
    gone.said('machine.proxy'),
    /^failed: The proxy 127\.0\.0\.1:\d+, which https_proxy names, cannot be reached \(ECONNREFUSED\)/
  );
  assert.equal(from.length, 0);
});
