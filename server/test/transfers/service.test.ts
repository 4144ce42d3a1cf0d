import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Problem, Transfer, TransferPlan } from '#contract';
import { sampleBytes } from '../conformance/transfer-backend.ts';
import { until } from '../support/until.ts';
import { CHUNK, openServiceBench, PID } from './service-setup.ts';

const small = sampleBytes(200_000, 'small');
const large = sampleBytes(8 * CHUNK + 5, 'large');

test('a plan says what would happen; a start with the same key happens once', async t => {
  const bench = await openServiceBench(t, { files: { 'a.h5': small, 'b.h5': large } });
  const { body: plan } = await bench.post<TransferPlan>('/v1/transfers/plan', { pid: PID });
  assert.equal(plan.title, 'Scan');
  assert.equal(plan.files, 2);
  assert.equal(plan.to, path.join(bench.data, 'Scan'));
  assert.equal(plan.checksums, 'SHA256SUMS beside the data');
  assert.ok(!existsSync(plan.to), 'a plan writes nothing');

  const first = await bench.post<Transfer>(
    '/v1/transfers',
    { pid: PID },
    'a-key-of-the-panel-0001'
  );
  assert.equal(first.status, 202);
  const second = await bench.post<Transfer>(
    '/v1/transfers',
    { pid: PID },
    'a-key-of-the-panel-0001'
  );
  assert.equal(second.status, 200);
  assert.equal(second.body.id, first.body.id);
  const other = await bench.post<Problem>(
    '/v1/transfers',
    { pid: PID, to: 'data/x' },
    'a-key-of-the-panel-0001'
  );
  assert.equal(other.body.type, '/problems/key-reused');

  const done = await bench.reaches(first.body.id, 'verified');
  assert.deepEqual(done.files, { total: 2, done: 2, verified: 2, failed: 0, here: 0 });
  assert.equal(done.bytes, small.length + large.length);
  assert.equal(done.bytesTotal, done.bytes);
  assert.deepEqual(readdirSync(plan.to).sort(), ['a.h5', 'b.h5'], 'and nothing of ours');
  assert.ok(readFileSync(path.join(plan.to, 'b.h5')).equals(large));
});

test('a repeated request is answered although the catalogue is down by now', async t => {
  const bench = await openServiceBench(t, { files: { 'a.h5': small } });
  const first = await bench.post<Transfer>(
    '/v1/transfers',
    { pid: PID },
    'a-key-of-the-panel-0002'
  );
  await bench.reaches(first.body.id, 'verified');
  bench.breakCatalogue();
  const again = await bench.post<Transfer>(
    '/v1/transfers',
    { pid: PID },
    'a-key-of-the-panel-0002'
  );
  assert.equal(again.status, 200);
  assert.equal(again.body.id, first.body.id);
  const fresh = await bench.post<Problem>('/v1/transfers', { pid: PID }, 'a-key-of-the-panel-0003');
  assert.equal(fresh.body.type, '/problems/upstream-error');
});

test('only the files that match are pulled; none that match is a problem', async t => {
  const bench = await openServiceBench(t, { files: { 'a.h5': small, 'b.txt': small } });
  const id = await bench.start({ pid: PID, only: '*.h5' });
  await bench.reaches(id, 'verified');
  assert.deepEqual(readdirSync(path.join(bench.data, 'Scan')), ['a.h5']);
  const none = await bench.reaches(await bench.start({ pid: PID, only: '*.nxs' }), 'failed');
  assert.equal(none.problem?.type, '/problems/dataset-not-found');
});

test('one wrong checksum fails the transfer and spares the other file', async t => {
  const bench = await openServiceBench(t, { files: { 'a.h5': small, 'b.h5': small } });
  const sums = Buffer.from(bench.faulty.objects.get('/data/set/SHA256SUMS')?.bytes ?? '');
  bench.faulty.objects.set('/data/set/SHA256SUMS', {
    bytes: Buffer.from(sums.toString().replace(/^[0-9a-f]{8}/, 'deadbeef'))
  });
  const failed = await bench.reaches(await bench.start({ pid: PID }), 'failed');
  assert.equal(failed.problem?.type, '/problems/checksum-mismatch');
  assert.match(failed.problem.detail, /^a\.h5 .*SHA256SUMS/);
  assert.deepEqual(failed.files, { total: 2, done: 1, verified: 1, failed: 1, here: 0 });
  assert.deepEqual(readdirSync(path.join(bench.data, 'Scan')), ['b.h5']);
});

test('without a manifest it is as sent; with a web page in its place it fails', async t => {
  const bench = await openServiceBench(t, { files: { 'a.h5': small }, manifest: null });
  const done = await bench.reaches(await bench.start({ pid: PID }), 'as-sent');
  assert.deepEqual(done.files, { total: 1, done: 1, verified: 0, failed: 0, here: 0 });
  bench.faulty.objects.set('/data/set/SHA256SUMS', { bytes: Buffer.from('<h1>Login</h1>') });
  const failed = await bench.reaches(await bench.start({ pid: PID, to: 'data/again' }), 'failed');
  assert.equal(failed.problem?.type, '/problems/upstream-garbled');
});

test('a file that the manifest does not name makes the whole transfer as sent', async t => {
  const bench = await openServiceBench(t, { files: { 'a.h5': small, 'sub/b.h5': small } });
  const done = await bench.reaches(await bench.start({ pid: PID }), 'as-sent');
  assert.deepEqual(done.files, { total: 2, done: 2, verified: 1, failed: 0, here: 0 });
});

test('a cancel removes what is half, keeps what is finished, and a retry goes on', async t => {
  const bench = await openServiceBench(t, { files: { 'a.h5': small, 'b.h5': large } });
  bench.faulty.fault = ({ first, path: asked }) =>
    asked.endsWith('b.h5') && first >= 4 * CHUNK ? { kind: 'stall', after: 1000 } : null;
  const id = await bench.start({ pid: PID });
  await until('a.h5 done', async () => (await bench.get(id)).files.done === 1);
  await until('half of b.h5', () => bench.faulty.requests.some(({ first }) => first >= 4 * CHUNK));
  const { body: cancelled } = await bench.post<Transfer>(`/v1/transfers/${id}/cancel`);
  assert.equal(cancelled.state, 'cancelled');
  assert.deepEqual(readdirSync(path.join(bench.data, 'Scan')), ['a.h5']);
  const twice = await bench.post<Problem>(`/v1/transfers/${id}/cancel`);
  assert.equal(twice.body.type, '/problems/wrong-state');
  bench.faulty.fault = () => null;
  const { body: retried } = await bench.post<Transfer>(`/v1/transfers/${id}/retry`);
  assert.equal(retried.state, 'queued');
  const done = await bench.reaches(id, 'verified');
  assert.equal(done.files.verified, 2);
});

test('verifying again finds a byte that was flipped since', async t => {
  const bench = await openServiceBench(t, { files: { 'a.h5': small, 'b.h5': small } });
  const id = await bench.start({ pid: PID });
  await bench.reaches(id, 'verified');
  assert.equal((await bench.post<Transfer>(`/v1/transfers/${id}/verify`)).status, 200);
  await bench.reaches(id, 'verified');
  const file = path.join(bench.data, 'Scan', 'b.h5');
  const flipped = Buffer.from(small);
  flipped[1000] = (flipped[1000] ?? 0) ^ 4;
  writeFileSync(file, flipped);
  const served = bench.faulty.served();
  await bench.post(`/v1/transfers/${id}/verify`);
  const failed = await bench.reaches(id, 'failed');
  assert.equal(failed.problem?.type, '/problems/checksum-mismatch');
  assert.deepEqual(failed.files, { total: 2, done: 1, verified: 1, failed: 1, here: 0 });
  assert.equal(bench.faulty.served(), served, 'nothing was fetched');
  assert.ok(readFileSync(file).equals(flipped), 'the person’s file is left as it is');
});

test('verifying says where a file is missing: on this disk, or at the store', async t => {
  const bench = await openServiceBench(t, { files: { 'a.h5': small, 'b.h5': small } });
  const id = await bench.start({ pid: PID });
  await bench.reaches(id, 'verified');
  rmSync(path.join(bench.data, 'Scan', 'b.h5'));
  await bench.post(`/v1/transfers/${id}/verify`);
  const here = (await bench.reaches(id, 'failed')).problem;
  assert.equal(here?.title, 'A file is not on this disk any more');
  assert.match(here.detail, /Scan\/b\.h5 is not there any more\. Retry to pull it again\./);
  assert.equal(here.action, 'retry');
  bench.faulty.objects.delete('/data/set/b.h5');
  await bench.post(`/v1/transfers/${id}/retry`);
  const there = (await bench.reaches(id, 'failed')).problem;
  assert.equal(there?.title, 'A file is missing at the store');
  assert.match(there.detail, /^b\.h5 is not at "Test store" \(404\)\. /);
});

test('a failed transfer that is forgotten leaves nothing half behind', async t => {
  const bench = await openServiceBench(t, { files: { 'b.h5': large } });
  let ranges = 0;
  bench.faulty.fault = seen =>
    !seen.isProbe && seen.path.endsWith('.h5') && ++ranges > 4
      ? { kind: 'status', status: 403 }
      : null;
  const id = await bench.start({ pid: PID });
  await bench.reaches(id, 'failed');
  assert.ok(readdirSync(path.join(bench.data, 'Scan')).length > 0, 'kept for a retry');
  assert.equal((await bench.companion.ask('DELETE', `/v1/transfers/${id}`)).status, 204);
  assert.ok(!existsSync(path.join(bench.data, 'Scan')));
});

test('what is larger than the free space is refused before a byte is written', async t => {
  const bench = await openServiceBench(t, {
    files: { 'a.h5': small },
    sizes: { 'a.h5': 4e15 }
  });
  const failed = await bench.reaches(await bench.start({ pid: PID }), 'failed');
  assert.equal(failed.problem?.type, '/problems/does-not-fit');
  assert.equal(failed.problem.extra?.['neededBytes'], 4e15);
  assert.match(
    failed.problem.detail,
    /^"Scan" needs 4 PB more, and \S+ has [\d.]+ [kMGTP]?B free\./
  );
  assert.ok(!existsSync(path.join(bench.data, 'Scan', 'a.h5')));
});

test('another file in the way stays as it is; the same file is recognised', async t => {
  const bench = await openServiceBench(t, { files: { 'a.h5': small, 'b.h5': small } });
  mkdirSync(path.join(bench.data, 'Scan'));
  writeFileSync(path.join(bench.data, 'Scan', 'a.h5'), 'mine');
  writeFileSync(path.join(bench.data, 'Scan', 'b.h5'), small);
  const failed = await bench.reaches(await bench.start({ pid: PID }), 'failed');
  assert.equal(failed.problem?.type, '/problems/target-exists');
  assert.deepEqual(failed.files, { total: 2, done: 1, verified: 1, failed: 1, here: 1 });
  assert.equal(readFileSync(path.join(bench.data, 'Scan', 'a.h5'), 'utf8'), 'mine');
  assert.ok(!bench.faulty.requests.some(({ path: asked }) => asked.endsWith('.h5')));
});

test('no pull leaves the allowed folders, by name, by link or by a link in the way', async t => {
  const bench = await openServiceBench(t, { files: { 'sub/a.h5': small, 'b.h5': small } });
  const outside = mkdtempSync(path.join(bench.home, 'outside-'));
  symlinkSync(outside, path.join(bench.data, 'link'));
  for (const to of ['/etc/panosc', '~/elsewhere', 'data/link/x', 'data/../x']) {
    const { body, status } = await bench.post<Problem>('/v1/transfers', { pid: PID, to });
    assert.equal(status, 403, to);
    assert.equal(body.type, '/problems/path-not-allowed');
  }
  const set = path.join(bench.data, 'Scan');
  mkdirSync(set);
  symlinkSync(outside, path.join(set, 'sub'));
  symlinkSync(path.join(outside, 'stolen'), path.join(set, 'b.h5'));
  const id = await bench.start({ pid: PID });
  await bench.reaches(id, 'failed');
  const problems = (await bench.files(id)).map(file => file.problem?.type);
  assert.deepEqual(problems.sort(), ['/problems/path-not-allowed', '/problems/target-exists']);
  assert.deepEqual(readdirSync(outside), []);
});

test('addresses outside the stores and broken ones are refused at once', async t => {
  const bench = await openServiceBench(t, { files: { 'a.h5': small } });
  const host = new URL(bench.faulty.url).host;
  const cases: [string, number, string][] = [
    ['http://other.example/data/a.h5', 403, 'store-not-allowed'],
    [`http://user@${host}/data/set/a.h5`, 403, 'store-not-allowed'],
    [`${bench.faulty.url}/data/%2e%2e/secret`, 403, 'store-not-allowed'],
    [`${bench.faulty.url}/data/set/%zz`, 400, 'bad-request'],
    ['not an address', 400, 'bad-request']
  ];
  for (const [url, status, slug] of cases) {
    const answer = await bench.post<Problem>('/v1/transfers', { url });
    assert.equal(answer.body.type, `/problems/${slug}`, url);
    assert.equal(answer.status, status, url);
  }
  const id = await bench.start({ url: `${bench.faulty.url}/data/set/a.h5`, to: 'data/by-url' });
  await bench.reaches(id, 'verified');
  assert.ok(readFileSync(path.join(bench.data, 'by-url', 'a.h5')).equals(small));
});

for (const name of ['../../escape', 'two\nlines', 'x'.repeat(300), 'rtl\u202egnp.exe']) {
  test(`a catalogue that lists ${JSON.stringify(name.slice(0, 20))} gets a sentence and writes nothing`, async t => {
    const bench = await openServiceBench(t, { files: { [name]: small, 'b.h5': small } });
    const { body, status } = await bench.post<Transfer & Problem>('/v1/transfers', { pid: PID });
    // What the first page shows already is refused at once, the rest while it is listed.
    const told = status === 202 ? (await bench.reaches(body.id, 'failed')).problem : body;
    assert.equal(told?.type, '/problems/bad-file-name');
    assert.doesNotMatch(told.detail, /[\n\u202e]/);
    assert.deepEqual(readdirSync(bench.data), []);
  });
}

test('a name that looks like an option is a name', async t => {
  const bench = await openServiceBench(t, { files: { '-rf': small, 'b.h5': small } });
  await bench.reaches(await bench.start({ pid: PID }), 'verified');
  assert.ok(readFileSync(path.join(bench.data, 'Scan', '-rf')).equals(small));
});
