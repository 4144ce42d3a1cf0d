import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { refuses, sampleBytes, sha256Of } from '../conformance/transfer-backend.ts';
import { tempDir } from '../support/temp-dir.ts';
import { testCall } from '../support/test-call.ts';
import { CHUNK, openHttpBench } from './http-setup.ts';

const root = tempDir('repeat');
const bytes = sampleBytes(12 * CHUNK + 5);
const ignore = (): void => undefined;

test('a store that does not understand If-Range is asked for one stream', async t => {
  const bench = await openHttpBench(t, root);
  const file = bench.fileOf(bench.put('scan.h5', { bytes, validator: 'last-modified' }));
  bench.faulty.fault = seen =>
    seen.headers['if-range'] === undefined ? null : { kind: 'ignore-range' };
  const told: number[] = [];
  const result = await bench.backend.pull(bench.store, file, testCall(), count => told.push(count));
  assert.equal(result.state, 'as-sent');
  assert.equal(told.at(-1), bytes.length, 'nothing is counted twice');
  assert.ok(readFileSync(file.target).equals(bytes));
});

test('a pull that reads nothing tells no progress', async t => {
  const bench = await openHttpBench(t, root, { pull: { retries: 0 }, store: { streams: 1 } });
  const file = bench.fileOf(bench.put('scan.h5', { bytes }));
  bench.faulty.fault = seen => (seen.first >= 8 * CHUNK ? { kind: 'status', status: 503 } : null);
  const told: number[] = [];
  const pull = async () =>
    refuses(
      bench.backend.pull(bench.store, file, testCall(), count => told.push(count)),
      'upstream-error'
    );
  await pull();
  assert.equal(told.at(-1), 8 * CHUNK);
  told.length = 0;
  bench.faulty.fault = () => ({ kind: 'status', status: 503 });
  await pull();
  assert.deepEqual(told, [], 'the eight chunks are here still');
});

test('another chunk size in the profile goes on with what is here', async t => {
  const bench = await openHttpBench(t, root, { pull: { retries: 0 }, store: { streams: 1 } });
  const file = bench.fileOf(bench.put('scan.h5', { bytes }), { checksum: sha256Of(bytes) });
  bench.faulty.fault = seen => (seen.first >= 8 * CHUNK ? { kind: 'status', status: 500 } : null);
  await assert.rejects(bench.backend.pull(bench.store, file, testCall(), ignore));
  bench.faulty.fault = () => null;
  const before = bench.faulty.served();
  const store = { ...bench.store, chunk_bytes: 3 * CHUNK };
  const result = await bench.backend.pull(store, file, testCall(), ignore);
  assert.equal(result.state, 'verified');
  assert.ok(bench.faulty.served() - before <= bytes.length - 8 * CHUNK + 1);
});

test('a second pull to one target is refused, and nobody takes away what the first one has', async t => {
  const bench = await openHttpBench(t, root);
  const file = bench.fileOf(bench.put('scan.h5', { bytes }), { checksum: sha256Of(bytes) });
  let isBegun = (): void => undefined;
  const begun = new Promise<void>(resolve => {
    isBegun = resolve;
  });
  bench.faulty.fault = seen => {
    if (!seen.isProbe) {
      isBegun();
    }
    return null;
  };
  const first = bench.backend.pull(bench.store, file, testCall(), ignore);
  await begun;
  await refuses(bench.backend.pull(bench.store, file, testCall(), ignore), 'target-exists');
  await bench.backend.discard(file);
  assert.equal((await first).state, 'verified');
  assert.ok(readFileSync(file.target).equals(bytes));
  await bench.backend.discard(file);
  assert.deepEqual(readdirSync(bench.folder), ['scan.h5']);
});
