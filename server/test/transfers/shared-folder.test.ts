import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { sampleBytes } from '../conformance/transfer-backend.ts';
import { until } from '../support/until.ts';
import { CHUNK, openServiceBench, PID, type ServiceBench } from './service-setup.ts';

const large = sampleBytes(24 * CHUNK, 'large');
const small = sampleBytes(2 * CHUNK, 'small');
const half = ['.z.h5.panosc-journal', '.z.h5.panosc-part'];

const folderOf = (bench: ServiceBench): string => path.join(bench.data, 'Scan');
const inFolder = (bench: ServiceBench): string[] => readdirSync(folderOf(bench)).sort();

/** Begins to pull, and waits for its facility as soon as the store was asked for the file from this byte on. */
async function beginAndWait(
  bench: ServiceBench,
  body: object,
  asked: { readonly name: string; readonly from: number }
): Promise<string> {
  await bench.choose('test');
  const before = bench.faulty.requests.length;
  const id = await bench.start({ pid: PID, to: 'data/Scan', ...body });
  await until(`${asked.name} is asked for`, () =>
    bench.faulty.requests
      .slice(before)
      .some(({ first, path: name }) => name.endsWith(asked.name) && first >= asked.from)
  );
  await bench.choose('other');
  await bench.reaches(id, 'needs-you');
  return id;
}

/** One transfer has half of `z.h5` and waits for its facility; the store sends no more of it, and no other file. */
async function openWithHalf(t: TestContext): Promise<{ bench: ServiceBench; id: string }> {
  const files = { 'a.h5': small, 'b.h5': small, 'z.h5': large };
  const bench = await openServiceBench(t, { files });
  bench.faulty.fault = ({ first, path: name }) =>
    /[ab]\.h5$/.test(name) || first >= 12 * CHUNK ? { kind: 'stall', after: 0 } : null;
  const asked = { name: 'z.h5', from: 12 * CHUNK };
  return { bench, id: await beginAndWait(bench, { only: 'z.h5' }, asked) };
}

test('a cancel leaves what another unfinished transfer has in the same place', async t => {
  const { bench, id } = await openWithHalf(t);
  assert.deepEqual(inFolder(bench), half);
  mkdirSync(path.join(bench.data, 'more'));
  symlinkSync(folderOf(bench), path.join(bench.data, 'more', 'link'));
  for (const to of ['data/Scan', 'data/more/link']) {
    const second = await beginAndWait(bench, { to }, { name: 'b.h5', from: 0 });
    await bench.post(`/v1/transfers/${second}/cancel`);
    assert.deepEqual(inFolder(bench), half, `after a cancel of the one in ${to}`);
    assert.equal((await bench.companion.ask('DELETE', `/v1/transfers/${second}`)).status, 204);
    assert.deepEqual(inFolder(bench), half, 'after it was forgotten');
  }
  const served = bench.faulty.served();
  bench.faulty.fault = () => null;
  await bench.choose('test');
  await bench.reaches(id, 'verified');
  assert.ok(bench.faulty.served() - served < large.length, 'what was here did not come again');
});

test('a failed transfer that is forgotten leaves what another one has in the same place', async t => {
  const { bench, id } = await openWithHalf(t);
  await bench.choose('test');
  await until('it is taken up', async () => (await bench.get(id)).state === 'running');
  const second = await bench.start({ pid: PID, to: 'data/Scan', only: 'z.h5' });
  const failed = await bench.reaches(second, 'failed');
  assert.match(failed.problem?.detail ?? '', /Another transfer is pulling into/);
  await bench.choose('other');
  await bench.reaches(id, 'needs-you');
  assert.equal((await bench.companion.ask('DELETE', `/v1/transfers/${second}`)).status, 204);
  assert.deepEqual(inFolder(bench), half);
});

test('the last of two transfers in one place takes the half files away', async t => {
  const { bench, id } = await openWithHalf(t);
  const second = await beginAndWait(bench, {}, { name: 'b.h5', from: 0 });
  await bench.post(`/v1/transfers/${id}/cancel`);
  assert.ok(half.every(name => inFolder(bench).includes(name)));
  await bench.post(`/v1/transfers/${second}/cancel`);
  assert.ok(!existsSync(folderOf(bench)) || inFolder(bench).length === 0, 'nothing is left');
});

test('a transfer of other files in the same folder keeps nothing that is not its own', async t => {
  const { bench, id } = await openWithHalf(t);
  await beginAndWait(bench, { only: 'a.h5' }, { name: 'a.h5', from: 0 });
  await bench.post(`/v1/transfers/${id}/cancel`);
  assert.ok(!inFolder(bench).some(name => half.includes(name)), inFolder(bench).join());
});
