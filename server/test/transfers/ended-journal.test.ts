import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import type { PullFile } from '../../src/transfers/port.ts';
import { refuses, sampleBytes } from '../conformance/transfer-backend.ts';
import type { StoredObject } from '../fakes/faulty-store/server.ts';
import { tempDir } from '../support/temp-dir.ts';
import { testCall } from '../support/test-call.ts';
import { CHUNK, openHttpBench, type HttpBench } from './http-setup.ts';

const root = tempDir('ended-journal');
const bytes = sampleBytes(4 * CHUNK + 5);
const others = sampleBytes(4 * CHUNK + 5, 'others');
const ignore = (): void => undefined;

/** A file that got its name, and its journal beside it: what a kill leaves before the result is written down. */
async function endedPull(
  t: TestContext,
  object: Partial<StoredObject> = {}
): Promise<{ bench: HttpBench; file: PullFile }> {
  const bench = await openHttpBench(t, root, { pull: { retries: 0 } });
  const file = bench.fileOf(bench.put('a.h5', { bytes, ...object }));
  await bench.backend.pull(bench.store, file, testCall(), ignore);
  return { bench, file };
}

test('a file that got its name before a kill is ours while the store still has this version', async t => {
  for (const validator of ['etag', 'last-modified', 'none'] as const) {
    const { bench, file } = await endedPull(t, { validator });
    const before = bench.faulty.served();
    const again = await bench.backend.pull(bench.store, file, testCall(), ignore);
    assert.equal(again.state, 'as-sent', validator);
    assert.equal(again.bytes, bytes.length);
    assert.equal(again.sent?.url, validator === 'none' ? undefined : file.url.href);
    assert.ok(bench.faulty.served() - before <= 1, 'it does not come again');
  }
});

test('a file that was pulled from one address is not what another address sent', async t => {
  const { bench, file } = await endedPull(t);
  const other = bench.put('b.h5', { bytes: others });
  for (const checksumHeader of [null, 'Repr-Digest']) {
    const wanted = { ...file, url: other, checksumHeader };
    await refuses(bench.backend.pull(bench.store, wanted, testCall(), ignore), 'target-exists');
    assert.ok(readFileSync(file.target).equals(bytes));
  }
});

test('a file that changed at the store since a kill is in the way of the new one', async t => {
  for (const object of [
    { bytes: others, version: 2 },
    { bytes: sampleBytes(9), validator: 'none' as const }
  ]) {
    const { bench, file } = await endedPull(t, { validator: object.validator ?? 'etag' });
    bench.put('a.h5', object);
    await refuses(bench.backend.pull(bench.store, file, testCall(), ignore), 'target-exists');
    assert.ok(readFileSync(file.target).equals(bytes));
  }
});

test('while the store does not answer, nobody says that the file is as sent', async t => {
  const { bench, file } = await endedPull(t);
  bench.faulty.fault = () => ({ kind: 'status', status: 503 });
  await refuses(bench.backend.pull(bench.store, file, testCall(), ignore), 'upstream-error');
  bench.faulty.fault = () => null;
  const again = await bench.backend.pull(bench.store, file, testCall(), ignore);
  assert.equal(again.state, 'as-sent');
});
