import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Problem, Transfer } from '#contract';
import { sampleBytes } from '../conformance/transfer-backend.ts';
import { until } from '../support/until.ts';
import { CHUNK, openServiceBench, PID, type ServiceBench } from './service-setup.ts';

const small = sampleBytes(20_000, 'small');
const large = sampleBytes(8 * CHUNK + 5, 'large');

/** Starts a pull that has begun and does not come to an end. */
async function startHanging(bench: ServiceBench, body: object): Promise<string> {
  bench.faulty.fault = ({ path: asked }) =>
    asked.endsWith('.h5') ? { kind: 'stall', after: 0 } : null;
  const before = bench.faulty.requests.length;
  const id = await bench.start(body);
  await until('the store is asked for a file', () =>
    bench.faulty.requests.slice(before).some(({ path: asked }) => asked.endsWith('.h5'))
  );
  return id;
}

test('a file where the folder should be is refused by the plan and by the start', async t => {
  const bench = await openServiceBench(t, { files: { 'a.h5': small } });
  writeFileSync(path.join(bench.data, 'notes.txt'), 'mine');
  symlinkSync('nowhere', path.join(bench.data, 'loose'));
  for (const target of ['/v1/transfers/plan', '/v1/transfers']) {
    const ask = async (to: string) => (await bench.post<Problem>(target, { pid: PID, to })).body;
    const file = await ask('data/notes.txt');
    assert.equal(file.type, '/problems/target-exists');
    assert.match(file.detail, /data\/notes\.txt is a file, not a folder\. Choose another folder\./);
    const below = await ask('data/notes.txt/set');
    assert.equal(below.type, '/problems/target-exists');
    assert.match(below.detail, /notes\.txt is a file, so there can be no folder below it\./);
    assert.equal((await ask('data/loose')).type, '/problems/target-exists');
  }
});

test('a file that came between the start and the pull is told with what helps', async t => {
  const bench = await openServiceBench(t, { files: { 'sub/a.h5': small, 'b.h5': small } });
  mkdirSync(path.join(bench.data, 'Scan'));
  writeFileSync(path.join(bench.data, 'Scan', 'sub'), 'mine');
  const failed = await bench.reaches(await bench.start({ pid: PID }), 'failed');
  assert.equal(failed.problem?.type, '/problems/target-exists');
  assert.match(failed.problem.detail, /Scan\/sub cannot be written: a file is where a folder/);
});

test('a cancelled pull takes its empty folders away, and leaves those of others', async t => {
  const bench = await openServiceBench(t, { files: { 'a.h5': large, 'deep/er/b.h5': large } });
  mkdirSync(path.join(bench.data, 'mine'));
  const id = await startHanging(bench, { pid: PID, to: 'data/new/set' });
  await bench.post<Transfer>(`/v1/transfers/${id}/cancel`);
  assert.deepEqual(readdirSync(bench.data), ['mine']);
  const second = await startHanging(bench, { pid: PID, to: 'data/mine' });
  await bench.post<Transfer>(`/v1/transfers/${second}/cancel`);
  assert.deepEqual(readdirSync(path.join(bench.data, 'mine')), [], 'it was there before');
  bench.faulty.fault = () => null;
  await bench.post<Transfer>(`/v1/transfers/${id}/retry`);
  await bench.reaches(id, 'as-sent');
  assert.ok(existsSync(path.join(bench.data, 'new', 'set', 'deep', 'er', 'b.h5')));
});

test('an empty folder stays while another pull goes there, or when the person made it anew', async t => {
  const bench = await openServiceBench(t, { files: { 'a.h5': large } });
  const first = await startHanging(bench, { pid: PID, to: 'data/set' });
  const second = await bench.start({ pid: PID, to: 'data/set/below' });
  await bench.post<Transfer>(`/v1/transfers/${first}/cancel`);
  assert.ok(existsSync(path.join(bench.data, 'set')));
  await bench.post<Transfer>(`/v1/transfers/${second}/cancel`);
  await bench.post(`/v1/transfers/${first}/retry`);
  await bench.post<Transfer>(`/v1/transfers/${first}/cancel`);
  assert.ok(!existsSync(path.join(bench.data, 'set')), 'nobody needs it any more');
  mkdirSync(path.join(bench.data, 'set'));
  const again = await startHanging(bench, { pid: PID, to: 'data/set' });
  await bench.post<Transfer>(`/v1/transfers/${again}/cancel`);
  assert.ok(existsSync(path.join(bench.data, 'set')));
});

test('a failed pull that wrote nothing leaves no folder', async t => {
  const bench = await openServiceBench(t, { files: { 'a.h5': small } });
  bench.faulty.fault = ({ path: asked }) =>
    asked.endsWith('.h5') ? { kind: 'status', status: 404 } : null;
  const id = await bench.start({ pid: PID });
  await bench.reaches(id, 'failed');
  await until('the folder is gone', () => !existsSync(path.join(bench.data, 'Scan')));
  bench.faulty.fault = () => null;
  await bench.post(`/v1/transfers/${id}/retry`);
  await bench.reaches(id, 'verified');
});
