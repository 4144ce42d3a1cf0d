import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Transfer, TransferPlan } from '#contract';
import { sampleBytes } from '../conformance/transfer-backend.ts';
import { openServiceBench, PID, type ServiceBench } from './service-setup.ts';

const one = sampleBytes(20_000, 'one');
const two = sampleBytes(20_000, 'two');

async function planOf(bench: ServiceBench, wanted: object = { pid: PID }): Promise<TransferPlan> {
  const { body, status } = await bench.post<TransferPlan>('/v1/transfers/plan', wanted);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

test('a plan says what is here already, and what is in the way', async t => {
  const bench = await openServiceBench(t, { files: { 'a.h5': one, 'sub/b.h5': two } });
  const folder = path.join(bench.data, 'Scan');
  assert.equal((await planOf(bench)).here, null, 'there is no folder');
  mkdirSync(path.join(folder, 'sub'), { recursive: true });
  writeFileSync(path.join(folder, 'sub', 'b.h5'), two);
  assert.deepEqual((await planOf(bench)).here, { looked: 2, files: 1, bytes: 20_000, others: 0 });
  writeFileSync(path.join(folder, 'a.h5'), 'mine');
  assert.deepEqual((await planOf(bench)).here, { looked: 2, files: 1, bytes: 20_000, others: 1 });
  const part = await planOf(bench, { pid: PID, only: 'b*' });
  assert.deepEqual(part.here, { looked: 1, files: 1, bytes: 20_000, others: 0 });
  const url = `${bench.faulty.url}/data/set/sub/b.h5`;
  const lone = await planOf(bench, { url, to: 'data/Scan/sub' });
  assert.deepEqual(lone.here, { looked: 1, files: 1, bytes: 20_000, others: 0 });
  assert.equal(lone.freeAfterBytes, lone.freeBytes, 'what is here needs no more space');
});

test('pulled again, the wire says that all of it was here', async t => {
  const bench = await openServiceBench(t, { files: { 'a.h5': one, 'b.h5': two } });
  const first = await bench.reaches(await bench.start({ pid: PID }), 'verified');
  assert.equal(first.files.here, 0);
  const id = await bench.start({ pid: PID });
  assert.equal((await bench.reaches(id, 'verified')).files.here, 2);
  await bench.post<Transfer>(`/v1/transfers/${id}/verify`);
  assert.equal((await bench.reaches(id, 'verified')).files.here, 2, 'verifying changes nothing');
});

test('a file as sent is known again while neither the store nor the disk changed it', async t => {
  const bench = await openServiceBench(t, { files: { 'a.h5': one }, manifest: null });
  const file = path.join(bench.data, 'Scan', 'a.h5');
  const again = async (state: 'as-sent' | 'failed'): Promise<Transfer> =>
    bench.reaches(await bench.start({ pid: PID }), state);
  assert.equal((await again('as-sent')).files.here, 0);
  bench.companion.child.kill('SIGKILL');
  await bench.companion.exited;
  await bench.restart();
  const served = bench.faulty.served();
  const second = await again('as-sent');
  assert.equal(second.files.here, 1);
  assert.equal(second.bytes, one.length);
  assert.ok(bench.faulty.served() - served <= 1, 'only the store was asked');
  assert.equal((await again('as-sent')).files.here, 1, 'and once more');

  bench.faulty.objects.set('/data/set/a.h5', { bytes: two, version: 2 });
  const changedThere = await again('failed');
  assert.equal(changedThere.problem?.type, '/problems/target-exists');
  assert.ok(readFileSync(file).equals(one));

  bench.faulty.objects.set('/data/set/a.h5', { bytes: one });
  assert.equal((await again('as-sent')).files.here, 1);
  utimesSync(file, new Date(), new Date(1_700_000_000_000));
  assert.equal((await again('failed')).problem?.type, '/problems/target-exists');
  appendFileSync(file, 'x');
  assert.equal((await again('failed')).problem?.type, '/problems/target-exists');
});

test('without a validator a file as sent is not known again', async t => {
  const bench = await openServiceBench(t, { files: { 'a.h5': one }, manifest: null });
  bench.faulty.objects.set('/data/set/a.h5', { bytes: one, validator: 'none' });
  await bench.reaches(await bench.start({ pid: PID }), 'as-sent');
  const failed = await bench.reaches(await bench.start({ pid: PID }), 'failed');
  assert.equal(failed.problem?.type, '/problems/target-exists');
});

test('what is known of a file as sent goes with its transfer, and the same file elsewhere is another', async t => {
  const bench = await openServiceBench(t, { files: { 'a.h5': one }, manifest: null });
  const id = await bench.start({ pid: PID });
  await bench.reaches(id, 'as-sent');
  assert.equal((await bench.companion.ask('DELETE', `/v1/transfers/${id}`)).status, 204);
  const failed = await bench.reaches(await bench.start({ pid: PID }), 'failed');
  assert.equal(failed.problem?.type, '/problems/target-exists');
});

test('a plan says that a sign-in is needed, and asks nobody for it', async t => {
  const provider = {
    id: 'idp',
    title: 'IdP',
    issuer: 'http://127.0.0.1:9/',
    device: { client_id: 'panel' }
  };
  const bench = await openServiceBench(t, {
    files: { 'a.h5': one },
    profile: { providers: [provider] },
    store: { token_from: 'idp' }
  });
  assert.equal((await planOf(bench)).needsSignIn, true);
  assert.equal(bench.faulty.requests.length, 0);
  const id = await bench.start({ pid: PID });
  assert.equal((await bench.reaches(id, 'needs-you')).problem?.action, 'sign-in');
  const { body } = await bench.post<Transfer>(`/v1/transfers/${id}/cancel`);
  assert.equal(body.problem, null, 'nobody is asked for it any more');
  const open = await openServiceBench(t, { files: { 'a.h5': one } });
  assert.equal((await planOf(open)).needsSignIn, false);
});
