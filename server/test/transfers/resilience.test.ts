import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Problem, SigninState } from '#contract';
import { prepareFolder } from '../../src/transfers/puller/target.ts';
import { refuses, sampleBytes } from '../conformance/transfer-backend.ts';
import { HostileIdp } from '../fakes/hostile-idp/server.ts';
import { until } from '../support/until.ts';
import { CHUNK, openServiceBench, PID, STREAMS } from './service-setup.ts';

const isRoot = process.getuid?.() === 0;
const small = sampleBytes(200_000, 'small');
const large = sampleBytes(24 * CHUNK + 5, 'large');
/** What a killed client may have left unread in the kernel, for each connection. */
const SOCKET_BYTES = 6 * CHUNK;

test('kill -9 in the middle: the next companion goes on where it was', async t => {
  const bench = await openServiceBench(t, { files: { 'a.h5': small, 'b.h5': large } });
  bench.faulty.fault = ({ first }) => (first >= 20 * CHUNK ? { kind: 'stall', after: 1000 } : null);
  const id = await bench.start({ pid: PID });
  await until('a.h5 done', async () => (await bench.get(id)).files.done === 1);
  await until('20 MiB asked for', () =>
    bench.faulty.requests.some(({ first }) => first >= 20 * CHUNK)
  );
  bench.companion.child.kill('SIGKILL');
  await bench.companion.exited;
  const folder = path.join(bench.data, 'Scan');
  assert.ok(!existsSync(path.join(folder, 'b.h5')), 'nothing half has the final name');
  const before = bench.faulty.served();
  const asked = bench.faulty.requests.length;

  bench.faulty.fault = () => null;
  await bench.restart();
  const done = await bench.reaches(id, 'verified');
  assert.equal(done.bytes, small.length + large.length);
  assert.ok(readFileSync(path.join(folder, 'b.h5')).equals(large));
  assert.deepEqual(readdirSync(folder).sort(), ['a.h5', 'b.h5']);
  const later = bench.faulty.requests.slice(asked);
  assert.ok(!later.some(seen => seen.path.endsWith('a.h5')), 'finished files do not come again');
  const twice = before + (bench.faulty.served() - before) - small.length - large.length;
  assert.ok(twice <= STREAMS * (CHUNK + SOCKET_BYTES), `${twice} bytes came twice`);
});

test(
  'kill -9 again and again at random moments ends verified',
  { skip: process.env['PANOSC_LONG'] === '1' ? false : 'set PANOSC_LONG=1' },
  async t => {
    const bench = await openServiceBench(t, {
      files: { 'a.h5': small, 'b.h5': large, 'c.h5': sampleBytes(16 * CHUNK, 'c') }
    });
    const id = await bench.start({ pid: PID });
    for (let round = 0; round < 40; round++) {
      const served = bench.faulty.served() + Math.floor(Math.random() * 2 * CHUNK);
      bench.faulty.holdAfter = served;
      const isEnd = await until('some progress', async () => {
        const { state } = await bench.get(id);
        return state === 'verified' ? 'end' : bench.faulty.served() >= served && 'held';
      });
      if (isEnd === 'end') {
        break;
      }
      bench.companion.child.kill('SIGKILL');
      await bench.companion.exited;
      bench.faulty.holdAfter = Number.POSITIVE_INFINITY;
      await bench.restart();
    }
    bench.faulty.holdAfter = Number.POSITIVE_INFINITY;
    await bench.reaches(id, 'verified');
    assert.ok(readFileSync(path.join(bench.data, 'Scan', 'b.h5')).equals(large));
  }
);

async function signIn(
  companion: {
    ask: <T>(method: string, target: string, options?: { body: unknown }) => Promise<{ body: T }>;
  },
  idp: HostileIdp
): Promise<void> {
  const { body: started } = await companion.ask<SigninState>('POST', '/v1/signin', {
    body: { provider: 'idp' }
  });
  idp.approve(started.pending?.userCode ?? '');
  await until('signed in', async () => {
    const { body } = await companion.ask<SigninState>('GET', '/v1/signin');
    return body.state === 'signed-in';
  });
}

test('a sign-in that is missing waits for the person, and after a kill for the next sign-in', async t => {
  const idp = await new HostileIdp().start();
  t.after(() => idp.close());
  const bench = await openServiceBench(t, {
    files: { 'b.h5': large },
    store: { token_from: 'idp' },
    profile: {
      providers: [
        {
          id: 'idp',
          title: 'Test sign-in',
          issuer: idp.issuer,
          device: { client_id: 'pan-native' }
        }
      ]
    }
  });
  bench.faulty.token = token => idp.knowsAccess(token);
  const id = await bench.start({ pid: PID });
  const waiting = await bench.reaches(id, 'needs-you');
  assert.equal(waiting.problem?.type, '/problems/sign-in-needed');
  assert.equal(waiting.problem.action, 'sign-in');

  bench.faulty.holdAfter = 12 * CHUNK;
  await signIn(bench.companion, idp);
  await until('half of it', () => bench.faulty.served() >= 12 * CHUNK);
  const firstLog = bench.companion.log;
  bench.companion.child.kill('SIGKILL');
  await bench.companion.exited;
  bench.faulty.holdAfter = Number.POSITIVE_INFINITY;
  await bench.restart();
  await bench.reaches(id, 'needs-you');
  const before = bench.faulty.served();
  await signIn(bench.companion, idp);
  await bench.reaches(id, 'verified');
  assert.ok(bench.faulty.served() - before < large.length, 'what was here did not come again');
  for (const secret of idp.secrets) {
    assert.ok(!(firstLog + bench.companion.log).includes(secret), 'no token in the log');
  }
});

/** A small file system of its own. */
function mountSmall(t: TestContext, options: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'panosc-small-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
  t.after(() => {
    execFileSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true });
  });
  return folder;
}
const skipMount = isRoot ? false : 'needs root to mount a small file system';

test(
  'a disk that fills up stops with a sentence, and a retry goes on when there is room',
  { skip: skipMount },
  async t => {
    const disk = mountSmall(t, 'size=32m');
    const bench = await openServiceBench(t, { files: { 'b.h5': large }, roots: [disk] });
    bench.faulty.holdAfter = 6 * CHUNK;
    const id = await bench.start({ pid: PID, to: path.join(disk, 'set') });
    await until('the pull has begun', () => bench.faulty.served() >= 6 * CHUNK);
    writeFileSync(path.join(disk, 'filler'), Buffer.alloc(16 * CHUNK));
    bench.faulty.holdAfter = Number.POSITIVE_INFINITY;
    const failed = await bench.reaches(id, 'failed');
    assert.equal(failed.problem?.type, '/problems/disk-full');
    assert.match(failed.problem.detail, /no space left .*b\.h5/);
    assert.ok(!existsSync(path.join(disk, 'set', 'b.h5')));
    rmSync(path.join(disk, 'filler'));
    const before = bench.faulty.served();
    await bench.post(`/v1/transfers/${id}/retry`);
    await bench.reaches(id, 'verified');
    assert.ok(bench.faulty.served() - before < large.length - 2 * CHUNK, 'what was here is kept');
  }
);

test(
  'a file of unknown length that fills the disk leaves nothing',
  { skip: skipMount },
  async t => {
    const disk = mountSmall(t, 'size=8m');
    const bench = await openServiceBench(t, { files: { 'b.h5': large }, roots: [disk] });
    bench.faulty.fault = seen => (seen.path.endsWith('.h5') ? { kind: 'chunked' } : null);
    const url = `${bench.faulty.url}/data/set/b.h5`;
    const failed = await bench.reaches(
      await bench.start({ url, to: path.join(disk, 'set') }),
      'failed'
    );
    assert.equal(failed.problem?.type, '/problems/disk-full');
    assert.ok(!existsSync(path.join(disk, 'set')), 'and the folder that was made for it is gone');
  }
);

test('a folder that cannot be written is told before the start', async t => {
  const folder = isRoot
    ? mountSmall(t, 'size=1m,ro')
    : mkdtempSync(path.join(tmpdir(), 'panosc-fixed-'));
  if (!isRoot) {
    chmodSync(folder, 0o555);
    t.after(() => rmSync(folder, { recursive: true }));
  }
  const bench = await openServiceBench(t, { files: { 'a.h5': small }, roots: [folder] });
  const to = path.join(folder, 'set');
  for (const target of ['/v1/transfers/plan', '/v1/transfers']) {
    const { body } = await bench.post<Problem>(target, { pid: PID, to });
    assert.equal(body.type, '/problems/target-not-writable');
    assert.match(body.detail, /read-only|may not write/);
  }
  await refuses(prepareFolder(path.join(to, 'a.h5'), folder), 'target-not-writable');
});

test('while nothing comes, the rate falls and is no longer told', async t => {
  const bench = await openServiceBench(t, { files: { 'b.h5': large } });
  bench.faulty.holdAfter = CHUNK;
  const id = await bench.start({ pid: PID });
  await until('a rate', async () => {
    bench.faulty.holdAfter += 20_000;
    return (await bench.get(id)).rate !== null;
  });
  bench.faulty.holdAfter = 0;
  const still = await until('no rate', async () => {
    const transfer = await bench.get(id);
    return transfer.rate === null && transfer;
  });
  assert.equal(still.state, 'running');
});
