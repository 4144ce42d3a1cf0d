import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { httpRequest } from '../../src/core/http-client.ts';
import { outgoingFetch } from '../../src/core/outgoing-fetch.ts';
import { childEnv, runCommand } from '../../src/core/run-command.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { tempDir } from '../support/temp-dir.ts';
import { hostileIdp, providerAt, signIn, signinBench } from './bench.ts';

test('a confidential client proves itself with the secret from its file', async t => {
  const profileDir = tempDir('signin-secret');
  writeFileSync(path.join(profileDir, 'secret'), 'CANARY-client-secret-0123456789\n');
  const idp = await hostileIdp(t, { clientSecret: 'CANARY-client-secret-0123456789' });
  const clock = new ManualClock();
  const provider = providerAt(idp.issuer, {
    device: { client_id: 'pan-companion', secret_file: 'secret' }
  });
  const bench = signinBench(t, { providers: [provider], clock, profileDir });
  assert.equal((await signIn(bench, idp, clock)).state, 'signed-in');
  assert.ok(idp.calls.filter(({ path }) => path === '/token').every(({ auth }) => auth !== null));
  assert.ok(idp.calls.every(({ form }) => !form.has('client_secret')));
  assert.ok(!bench.logged.join('').includes('CANARY'));
});

test('a wrong client secret is a failure that names no secret', async t => {
  const profileDir = tempDir('signin-wrong-secret');
  writeFileSync(path.join(profileDir, 'secret'), 'CANARY-wrong');
  const idp = await hostileIdp(t, { clientSecret: 'right' });
  const clock = new ManualClock();
  const provider = providerAt(idp.issuer, {
    device: { client_id: 'pan-companion', secret_file: 'secret' }
  });
  const bench = signinBench(t, { providers: [provider], clock, profileDir });
  const state = await signIn(bench, idp, clock);
  assert.equal(state.problem?.type, '/problems/sign-in-failed');
  assert.ok(!JSON.stringify([state, bench.logged]).includes('CANARY'));
});

test('a missing or empty secret file is a mistake of the profile', async t => {
  const profileDir = tempDir('signin-no-secret');
  writeFileSync(path.join(profileDir, 'empty'), '\n');
  const idp = await hostileIdp(t);
  for (const secret_file of ['absent', 'empty']) {
    const provider = providerAt(idp.issuer, { device: { client_id: 'x', secret_file } });
    const bench = signinBench(t, { providers: [provider], profileDir });
    await assert.rejects(bench.port.start('umbrella'), {
      slug: 'bad-profile',
      message: new RegExp(`"${secret_file}"`)
    });
  }
  assert.deepEqual(idp.calls, []);
});

test('a certificate authority of the facility is trusted for its provider only', async t => {
  const folder = tempDir('signin-ca');
  const certFile = path.join(folder, 'ca.pem');
  const keyFile = path.join(folder, 'key.pem');
  try {
    await runCommand(
      [
        ...['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
        ...['-nodes', '-keyout', keyFile, '-out', certFile, '-days', '2', '-subj', '/CN=localhost'],
        ...['-addext', 'subjectAltName=IP:127.0.0.1']
      ],
      { env: childEnv(process.env), timeoutMs: 30_000 }
    );
  } catch {
    t.skip('openssl is not installed');
    return;
  }
  const server = createServer(
    { key: readFileSync(keyFile), cert: readFileSync(certFile) },
    (incoming, response) => {
      incoming.pipe(response.writeHead(incoming.method === 'POST' ? 200 : 503));
    }
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const issuer = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const answer = await httpRequest(
    new URL(issuer),
    { method: 'POST', body: 'a=1', maxBytes: 100, timeoutMs: 5000 },
    outgoingFetch({ fetch, surroundings: { env: {} } }, readFileSync(certFile, 'utf8'))
  );
  assert.equal(answer.status, 200);
  assert.equal(Buffer.from(answer.body).toString(), 'a=1');

  const known = signinBench(t, {
    providers: [providerAt(issuer, { ca_file: 'ca.pem' })],
    profileDir: folder
  });
  await assert.rejects(known.port.start('umbrella'), { message: /reports an error of its own/ });
  const unknown = signinBench(t, { providers: [providerAt(issuer)] });
  await assert.rejects(unknown.port.start('umbrella'), { message: /cannot be reached/ });
});
