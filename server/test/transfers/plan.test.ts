import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Dataset, Page, Problem, TransferPlan } from '#contract';
import type { CallContext } from '../../src/core/call-context.ts';
import type { Fetch } from '../../src/core/http-client.ts';
import { problem } from '../../src/core/problem.ts';
import { Secret } from '../../src/core/secret.ts';
import type { ChecksumSource } from '../../src/datasets/port.ts';
import { Profile } from '../../src/facility/profile.ts';
import { StoreLooks } from '../../src/transfers/store-looks.ts';
import { refuses, sampleBytes, sha256Of } from '../conformance/transfer-backend.ts';
import { startFaultyStore, type FaultyStore } from '../fakes/faulty-store/server.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { testCall } from '../support/test-call.ts';
import { openServiceBench, PID } from './service-setup.ts';

const bytes = sampleBytes(20_000);
const sums: ChecksumSource = { kind: 'manifest', name: 'SHA256SUMS' };
const none: ChecksumSource = { kind: 'none' };
const line = (name: string): string => `${sha256Of(bytes).value}  ${name}\n`;

interface LookBench {
  readonly faulty: FaultyStore;
  readonly looks: StoreLooks;
  readonly clock: ManualClock;
  /** What was asked for, without the folder. */
  readonly asked: () => string[];
  readonly put: (
    name: string,
    content: Uint8Array | string,
    headers?: Record<string, string>
  ) => URL;
}

async function openLooks(
  t: TestContext,
  options: { limitMs?: number; isOpen?: boolean; fetch?: Fetch } = {}
): Promise<LookBench> {
  const faulty = await startFaultyStore();
  t.after(() => faulty.close());
  const profile = Profile.parse({
    id: 'p',
    title: 'P',
    providers: [
      { id: 'idp', title: 'IdP', issuer: 'https://id.example.org', device: { client_id: 'x' } }
    ],
    stores: [
      {
        id: 'store',
        title: 'Test store',
        kind: 'http',
        url: `${faulty.url}/data/`,
        ...(options.isOpen === false ? { token_from: 'idp' } : {})
      }
    ]
  });
  const clock = new ManualClock();
  const facility = { profile: () => profile, resolveFile: (name: string) => name };
  return {
    faulty,
    clock,
    looks: new StoreLooks(
      { facility, clock, fetch: options.fetch ?? fetch, surroundings: { home: '/', env: {} } },
      options.limitMs ?? 10_000
    ),
    asked: () => faulty.requests.map(({ path }) => path.replace(/^\/data\//, '')),
    put: (name, content, headers = {}) => {
      faulty.objects.set(`/data/${name}`, { bytes: Buffer.from(content), headers });
      return new URL(name, `${faulty.url}/data/`);
    }
  };
}

test('a plan names the manifest only where it is there', async t => {
  const bench = await openServiceBench(t, { files: { 'a.h5': bytes } });
  const plan = async (wanted: object): Promise<TransferPlan> =>
    (await bench.post<TransferPlan>('/v1/transfers/plan', wanted)).body;
  const there = await plan({ pid: PID });
  assert.equal(there.checksumsFound, 'there');
  assert.equal(there.checksums, 'SHA256SUMS beside the data');
  await plan({ pid: PID, to: 'data/other' });
  const asked = bench.faulty.requests.map(({ path }) => path);
  assert.deepEqual(asked, ['/data/set/SHA256SUMS'], 'once for both, and no file');
});

test('a DOI is understood in the forms that people copy', async t => {
  const bench = await openServiceBench(t, { files: { 'a.h5': bytes } });
  for (const wanted of [
    { url: `https://doi.org/${PID}` },
    { pid: `https://doi.org/${PID}` },
    { pid: `doi:${PID}` }
  ]) {
    const { body } = await bench.post<TransferPlan>('/v1/transfers/plan', wanted);
    assert.equal(body.title, 'Scan', JSON.stringify(body));
  }
  const q = encodeURIComponent(`https://doi.org/${PID}`);
  const found = await bench.companion.ask<Page<Dataset>>('GET', `/v1/datasets?q=${q}`);
  assert.deepEqual(
    found.body.items.map(({ pid }) => pid),
    [PID]
  );
});

test('a plan without a manifest says that it will be as sent', async t => {
  const bench = await openServiceBench(t, { files: { 'a.h5': bytes }, manifest: null });
  const { body } = await bench.post<TransferPlan>('/v1/transfers/plan', { pid: PID });
  assert.equal(body.checksumsFound, 'none');
  assert.equal(body.checksums, null);
});

test('a plan whose store is down says that it is not known', async t => {
  const bench = await openServiceBench(t, { files: { 'a.h5': bytes } });
  bench.faulty.fault = () => ({ kind: 'status', status: 503 });
  const { body, status } = await bench.post<TransferPlan>('/v1/transfers/plan', { pid: PID });
  assert.equal(status, 200);
  assert.equal(body.checksumsFound, 'not-known');
  assert.equal(body.checksums, 'SHA256SUMS beside the data');
  assert.equal(body.files, 1);
});

test('a plan for an address says how large the file is and whether it fits', async t => {
  const bench = await openServiceBench(t, { files: { 'a.h5': bytes, 'sub/b.h5': bytes } });
  const plan = (name: string) =>
    bench.post<TransferPlan & Problem>('/v1/transfers/plan', {
      url: `${bench.faulty.url}/data/set/${name}`
    });
  const { body } = await plan('a.h5');
  assert.equal(body.bytes, bytes.length);
  assert.equal(body.fits, true);
  assert.equal(body.freeAfterBytes, (body.freeBytes ?? 0) - bytes.length);
  assert.equal(body.files, 1);
  assert.equal(body.checksumsFound, 'there');
  assert.equal((await plan('sub/b.h5')).body.checksumsFound, 'none');
  const gone = await plan('gone.h5');
  assert.equal(gone.body.type, '/problems/file-missing');
  assert.match(gone.body.detail, /^gone\.h5 is not at "Test store"/);
});

test('a plan for an address offers a folder of its own and says what is in the way', async t => {
  const bench = await openServiceBench(t, { files: { 'a/scan.h5': bytes, 'b/scan.h5': bytes } });
  const plan = async (name: string, to?: string) =>
    (
      await bench.post<TransferPlan & Problem>('/v1/transfers/plan', {
        url: `${bench.faulty.url}/data/set/${name}`,
        ...(to === undefined ? {} : { to })
      })
    ).body;
  assert.equal((await plan('a/scan.h5')).to, path.join(bench.data, 'set-a'));
  assert.equal((await plan('b/scan.h5')).to, path.join(bench.data, 'set-b'));
  mkdirSync(path.join(bench.data, 'mine'));
  const mine = path.join(bench.data, 'mine', 'scan.h5');
  writeFileSync(mine, 'another one');
  const refused = await plan('a/scan.h5', 'data/mine');
  assert.equal(refused.type, '/problems/target-exists');
  assert.match(refused.detail, /mine\/scan\.h5 exists already .* 11 bytes instead of 20000\./);
  writeFileSync(mine, bytes);
  assert.equal((await plan('a/scan.h5', 'data/mine')).fits, true, 'perhaps the same file');
  assert.equal((await plan('a/')).type, '/problems/bad-file-name');
});

test('an answer is kept for a minute, and what was not known is asked again sooner', async t => {
  const { asked, clock, faulty, looks, put } = await openLooks(t);
  const file = put('set/a.h5', bytes);
  put('set/SHA256SUMS', line('a.h5'));
  const look = async () =>
    (await looks.look({ file, source: sums, isAlone: false }, testCall())).checksums;
  faulty.fault = () => ({ kind: 'status', status: 500 });
  assert.equal(await look(), 'not-known');
  assert.equal(await look(), 'not-known');
  assert.equal(asked().length, 1);
  faulty.fault = () => null;
  clock.advance(10_000);
  assert.equal(await look(), 'there');
  faulty.objects.delete('/data/set/SHA256SUMS');
  clock.advance(59_999);
  assert.equal(await look(), 'there');
  assert.equal(asked().length, 2);
  clock.advance(1);
  assert.equal(await look(), 'none');
});

test('a store that hangs does not keep the plan', async t => {
  const { faulty, looks, put } = await openLooks(t, { limitMs: 50 });
  const file = put('set/a.h5', bytes);
  put('set/SHA256SUMS', line('a.h5'));
  faulty.fault = () => ({ kind: 'stall', after: 3 });
  assert.deepEqual(await looks.look({ file, source: sums, isAlone: false }, testCall()), {
    sizeBytes: null,
    checksums: 'not-known'
  });
  faulty.fault = ({ path }) => (path.endsWith('SUMS') ? { kind: 'stall', after: 3 } : null);
  assert.deepEqual(
    await looks.look({ file, source: sums, isAlone: true }, testCall()),
    { sizeBytes: bytes.length, checksums: 'not-known' },
    'what was said in time is told'
  );
});

test('a sign-in service that hangs does not keep the plan either', async t => {
  const { asked, looks, put } = await openLooks(t, { limitMs: 50, isOpen: false });
  const file = put('set/a.h5', bytes);
  const call: CallContext = { ...testCall(), token: () => new Promise(() => undefined) };
  const look = await looks.look({ file, source: sums, isAlone: true }, call);
  assert.deepEqual(look, { sizeBytes: null, checksums: 'not-known' });
  assert.deepEqual(asked(), []);
});

test('the look ends with its request', async t => {
  let asking: AbortSignal | null | undefined;
  const { faulty, looks, put } = await openLooks(t, {
    fetch: (url, init) => {
      asking = init?.signal;
      return fetch(url, init);
    }
  });
  const file = put('set/a.h5', bytes);
  const stop = new AbortController();
  faulty.fault = () => {
    stop.abort(new Error('the panel is closed'));
    return { kind: 'stall', after: 0 };
  };
  await assert.rejects(
    looks.look({ file, source: sums, isAlone: false }, testCall(stop.signal)),
    /the panel is closed/
  );
  assert.match(String(asking?.reason), /the panel is closed/, 'the store is no longer asked');
});

test('without a sign-in nothing is sent, and after it the answer is there at once', async t => {
  const { asked, faulty, looks, put } = await openLooks(t, { isOpen: false });
  const file = put('set/a.h5', bytes);
  put('set/SHA256SUMS', line('a.h5'));
  faulty.token = 'good';
  const wanted = { file, source: sums, isAlone: true };
  const before = await looks.look(wanted, testCall());
  assert.deepEqual(before, { sizeBytes: null, checksums: 'not-known' });
  assert.deepEqual(asked(), []);
  const call: CallContext = {
    ...testCall(),
    token: (_provider, stale) => Promise.resolve(new Secret(stale === undefined ? 'old' : 'good'))
  };
  const after = await looks.look(wanted, call);
  assert.deepEqual(after, { sizeBytes: bytes.length, checksums: 'there' });
});

test('a refusal is not taken for the absence of checksums', async t => {
  const { faulty, looks, put } = await openLooks(t);
  for (const [name, fault] of [
    ['forbidden', { kind: 'status', status: 403 }],
    ['login', { kind: 'html' }],
    ['moved', { kind: 'redirect', to: '/data/elsewhere' }]
  ] as const) {
    const file = put(`${name}/a.h5`, bytes);
    faulty.fault = () => fault;
    const look = await looks.look({ file, source: sums, isAlone: true }, testCall());
    assert.deepEqual(look, { sizeBytes: null, checksums: 'not-known' }, name);
  }
  const call: CallContext = {
    ...testCall(),
    token: () => Promise.reject(problem('provider-unreachable', 'It does not answer.'))
  };
  const closed = await openLooks(t, { isOpen: false });
  const file = closed.put('set/a.h5', bytes);
  const look = await closed.looks.look({ file, source: sums, isAlone: false }, call);
  assert.equal(look.checksums, 'not-known');
});

test('a manifest may stand beside the BagIt payload, and a long one is not read to its end', async t => {
  const { faulty, looks, put } = await openLooks(t);
  const bag: ChecksumSource = { kind: 'manifest', name: 'manifest-sha256.txt' };
  const inBag = put('bag/data/sub/a.h5', bytes);
  put('bag/manifest-sha256.txt', line('data/sub/a.h5'));
  const ofBag = await looks.look({ file: inBag, source: bag, isAlone: true }, testCall());
  assert.equal(ofBag.checksums, 'there');
  const file = put('long/a.h5', bytes);
  put('long/SHA256SUMS', line('other.h5').repeat(50_000));
  const before = faulty.served();
  const ofLong = await looks.look({ file, source: sums, isAlone: true }, testCall());
  assert.equal(ofLong.checksums, 'there');
  assert.ok(faulty.served() - before < 4_000_000, `${faulty.served() - before} bytes`);
});

test('a lone file that no manifest names and a dataset with an empty one have no checksums', async t => {
  const { looks, put } = await openLooks(t);
  const file = put('set/a.h5', bytes);
  put('set/SHA256SUMS', line('other.h5'));
  const of = async (wanted: { file: URL; isAlone: boolean }) =>
    (await looks.look({ ...wanted, source: sums }, testCall())).checksums;
  assert.equal(await of({ file, isAlone: true }), 'none');
  assert.equal(await of({ file, isAlone: false }), 'there');
  const empty = put('empty/a.h5', bytes);
  put('empty/SHA256SUMS', '');
  assert.equal(await of({ file: empty, isAlone: false }), 'none');
});

test('a header that the store does not send is no checksum', async t => {
  const { asked, looks, put } = await openLooks(t);
  const source: ChecksumSource = { kind: 'header', name: 'OC-Checksum' };
  const { value } = sha256Of(bytes);
  const file = put('a.h5', bytes, { 'oc-checksum': `SHA256:${value}` });
  const found = await looks.look({ file, source, isAlone: true }, testCall());
  assert.deepEqual(found, { sizeBytes: bytes.length, checksums: 'there' });
  assert.equal(asked().length, 1, 'one question for both');
  const bare = put('b.h5', bytes);
  const look = await looks.look({ file: bare, source, isAlone: false }, testCall());
  assert.deepEqual(look, { sizeBytes: null, checksums: 'none' });
});

test('what no store of the profile holds is not asked for', async t => {
  const { asked, looks } = await openLooks(t);
  const file = new URL('http://other.example/data/a.h5');
  await refuses(looks.look({ file, source: none, isAlone: true }, testCall()), 'store-not-allowed');
  assert.deepEqual(asked(), []);
});
