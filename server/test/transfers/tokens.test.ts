import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallContext } from '../../src/core/call-context.ts';
import { problem } from '../../src/core/problem.ts';
import { Secret } from '../../src/core/secret.ts';
import { refuses, sampleBytes, sha256Of } from '../conformance/transfer-backend.ts';
import { startFaultyStore } from '../fakes/faulty-store/server.ts';
import { tempDir } from '../support/temp-dir.ts';
import { testCall } from '../support/test-call.ts';
import { CHUNK, openHttpBench } from './http-setup.ts';

const root = tempDir('tokens');
const SIZE = 10 * CHUNK + 123;
const bytes = sampleBytes(SIZE);
const verified = { checksum: sha256Of(bytes) };
const ignore = (): void => undefined;

/** A call whose tokens come from a list; each renewal takes the next one, and the last one stays. */
function tokens(...list: string[]): CallContext & { renewals: number } {
  const secrets = list.map(value => new Secret(value));
  let at = 0;
  const call = {
    ...testCall(),
    renewals: 0,
    token: (_provider: string, stale?: Secret): Promise<Secret> => {
      if (stale !== undefined && stale === secrets[at]) {
        call.renewals++;
        at++;
      }
      const secret = secrets[at];
      return secret === undefined
        ? Promise.reject(problem('sign-in-needed', 'Sign in again to go on.'))
        : Promise.resolve(secret);
    }
  };
  return call;
}

test('a token that ends midway is renewed once, by all streams together, and the pull goes on', async t => {
  const bench = await openHttpBench(t, root, { store: { token_from: 'idp' } });
  const file = bench.fileOf(bench.put('scan.h5', { bytes }), verified);
  bench.faulty.token = 'first';
  let ranges = 0;
  bench.faulty.fault = seen => {
    if (!seen.isProbe && ++ranges === 5) {
      bench.faulty.token = 'second';
    }
    return null;
  };
  const call = tokens('first', 'second', 'third');
  const result = await bench.backend.pull(bench.store, file, call, ignore);
  assert.equal(result.state, 'verified');
  assert.equal(call.renewals, 1, 'a stream with the old token does not throw away the new one');
});

test('a token that cannot be renewed: sign in, and what is here stays for after that', async t => {
  const bench = await openHttpBench(t, root, { store: { token_from: 'idp' } });
  const file = bench.fileOf(bench.put('scan.h5', { bytes }), verified);
  bench.faulty.token = 'first';
  let ranges = 0;
  bench.faulty.fault = seen => {
    if (!seen.isProbe && ++ranges === 6) {
      bench.faulty.token = 'second';
    }
    return null;
  };
  await refuses(bench.backend.pull(bench.store, file, tokens('first'), ignore), 'sign-in-needed');
  const before = bench.faulty.served();
  assert.ok(before >= 2 * CHUNK);
  const result = await bench.backend.pull(bench.store, file, tokens('second'), ignore);
  assert.equal(result.state, 'verified');
  assert.ok(bench.faulty.served() < SIZE + 5 * CHUNK, 'finished chunks did not come again');
});

test('a token that is refused again after its renewal is a refusal', async t => {
  const bench = await openHttpBench(t, root, { store: { token_from: 'idp' } });
  const file = bench.fileOf(bench.put('scan.h5', { bytes }));
  bench.faulty.token = 'nobody has it';
  const call = tokens('first', 'second', 'third', 'fourth');
  await refuses(bench.backend.pull(bench.store, file, call, ignore), 'store-refused');
  assert.equal(call.renewals, 1);
});

test('a sign-in service that is down for a moment is waited for', async t => {
  // One stream: several in step could each meet the moments at which it is down.
  const bench = await openHttpBench(t, root, { store: { token_from: 'idp', streams: 1 } });
  const file = bench.fileOf(bench.put('scan.h5', { bytes }), verified);
  bench.faulty.token = 'good';
  let asked = 0;
  const call: CallContext = {
    ...testCall(),
    token: () =>
      ++asked % 3 === 0
        ? Promise.resolve(new Secret('good'))
        : Promise.reject(problem('provider-unreachable', 'The sign-in service does not answer.'))
  };
  assert.equal((await bench.backend.pull(bench.store, file, call, ignore)).state, 'verified');
});

test('a sign-in service that stays down is the problem that is told', async t => {
  const bench = await openHttpBench(t, root, { store: { token_from: 'idp' } });
  const file = bench.fileOf(bench.put('scan.h5', { bytes }));
  const call: CallContext = {
    ...testCall(),
    token: () =>
      Promise.reject(problem('provider-unreachable', 'The sign-in service does not answer.'))
  };
  await refuses(bench.backend.pull(bench.store, file, call, ignore), 'provider-unreachable');
  assert.equal(bench.faulty.requests.length, 0);
});

test('the token goes to its store and nowhere else, whatever the store answers', async t => {
  const stranger = await startFaultyStore();
  t.after(() => stranger.close());
  stranger.objects.set('/data/scan.h5', { bytes });
  const bench = await openHttpBench(t, root, { store: { token_from: 'idp' } });
  const file = bench.fileOf(bench.put('scan.h5', { bytes }));
  for (const to of [
    `${stranger.url}/data/scan.h5`,
    `//${new URL(stranger.url).host}/data/scan.h5`,
    `http://${new URL(bench.faulty.url).host}@${new URL(stranger.url).host}/data/scan.h5`,
    '/elsewhere/scan.h5'
  ]) {
    bench.faulty.fault = () => ({ kind: 'redirect', to });
    await refuses(
      bench.backend.pull(bench.store, file, tokens('hush'), ignore),
      'upstream-garbled'
    );
  }
  assert.equal(stranger.requests.length, 0);
  assert.ok(
    bench.faulty.requests.every(
      ({ headers, path }) => path === '/data/scan.h5' && headers.authorization === 'Bearer hush'
    )
  );
});

test('open data is asked for without a token', async t => {
  const bench = await openHttpBench(t, root);
  const file = bench.fileOf(bench.put('scan.h5', { bytes }));
  await bench.backend.pull(bench.store, file, tokens('hush'), ignore);
  assert.ok(bench.faulty.requests.every(({ headers }) => headers.authorization === undefined));
});

test('a token that would write a header of its own is not sent', async t => {
  const bench = await openHttpBench(t, root, { store: { token_from: 'idp' } });
  const file = bench.fileOf(bench.put('scan.h5', { bytes }));
  await refuses(
    bench.backend.pull(bench.store, file, tokens('x\r\nx-evil: 1'), ignore),
    'provider-not-trusted'
  );
  assert.equal(bench.faulty.requests.length, 0);
});
