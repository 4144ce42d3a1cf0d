import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleBytes } from '../conformance/transfer-backend.ts';
import { until } from '../support/until.ts';
import { CHUNK, openServiceBench, PID, STREAMS } from './service-setup.ts';

const bytes = sampleBytes(24 * CHUNK);

test('a pull waits while another facility is chosen, through a restart, and goes on where it was', async t => {
  const bench = await openServiceBench(t, { files: { 'a.h5': bytes } });
  bench.faulty.holdAfter = 12 * CHUNK;
  const id = await bench.start({ pid: PID });
  await until('half of it', () => bench.faulty.served() >= 12 * CHUNK);

  await bench.choose('other');
  const waiting = await bench.reaches(id, 'needs-you');
  assert.equal(waiting.problem?.type, '/problems/other-facility');
  assert.match(waiting.problem.detail, /belongs to Test facility, and Other facility is chosen/);
  assert.ok(waiting.bytes > 0, 'what is here is still counted');
  bench.faulty.holdAfter = Number.POSITIVE_INFINITY;
  const before = bench.faulty.requests.length;
  bench.companion.child.kill('SIGKILL');
  await bench.companion.exited;
  await bench.restart();
  const after = await bench.reaches(id, 'needs-you');
  assert.equal(after.bytes, waiting.bytes, 'also after a restart');
  assert.equal(bench.faulty.requests.length, before, 'nobody asked the store');

  const served = bench.faulty.served();
  await bench.choose('test');
  await bench.reaches(id, 'verified');
  assert.ok(bench.faulty.served() - served < bytes.length, 'what was here did not come again');
});

test('what is here is still counted while the store is down after the wait', async t => {
  const bench = await openServiceBench(t, { files: { 'a.h5': bytes } });
  bench.faulty.fault = ({ first }) => (first >= 12 * CHUNK ? { kind: 'stall', after: 0 } : null);
  const id = await bench.start({ pid: PID });
  await until('half of it', () => bench.faulty.requests.some(({ first }) => first >= 12 * CHUNK));
  // All streams but the one that asks may be in the middle of a chunk.
  const finished = (12 - STREAMS + 1) * CHUNK;
  await bench.choose('other');
  assert.ok((await bench.reaches(id, 'needs-you')).bytes >= finished);
  bench.faulty.fault = () => ({ kind: 'status', status: 503 });
  const before = bench.faulty.requests.length;
  await bench.choose('test');
  await until('the store was asked', () => bench.faulty.requests.length > before);
  await bench.choose('other');
  const after = await bench.reaches(id, 'needs-you');
  assert.ok(after.bytes >= finished, String(after.bytes));
  assert.equal((await bench.files(id))[0]?.bytes, after.bytes);
});

test('a retry of what belongs elsewhere waits too, and can be cancelled', async t => {
  const bench = await openServiceBench(t, { files: { 'a.h5': bytes } });
  bench.faulty.fault = () => ({ kind: 'status', status: 404 });
  const id = await bench.start({ pid: PID });
  await bench.reaches(id, 'failed');
  await bench.choose('other');
  await bench.post(`/v1/transfers/${id}/retry`);
  await bench.reaches(id, 'needs-you');
  const { status } = await bench.post(`/v1/transfers/${id}/cancel`);
  assert.equal(status, 200);
  assert.equal((await bench.get(id)).state, 'cancelled');
});
