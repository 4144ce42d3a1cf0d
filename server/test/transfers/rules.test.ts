import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Facility, Problem, Transfer, TransferPlan } from '#contract';
import { sampleBytes } from '../conformance/transfer-backend.ts';
import { until } from '../support/until.ts';
import { CHUNK, openServiceBench, PID, type ServiceBench } from './service-setup.ts';

const large = sampleBytes(8 * CHUNK + 5, 'large');
const help = 'Write to desk@example.org.';

/** Transfers rules of the bench's profile; its folder for pulls stays. */
const rules = (transfers: object) => ({ help, transfers: { roots: ['~/data'], ...transfers } });

/** Requests for bytes that the store has got, without the questions before. */
const underWay = ({ faulty }: ServiceBench): number =>
  faulty.requests.filter(
    ({ isProbe, method, path }) => !isProbe && method === 'GET' && path.endsWith('.h5')
  ).length;

test('pulls wait in their order, say why, begin by themselves, and a kill -9 changes nothing', async t => {
  const rounds = process.env['PANOSC_LONG'] === '1' ? 5 : 1;
  for (let round = 0; round < rounds; round++) {
    const bench = await openServiceBench(t, {
      files: { 'a.h5': large },
      profile: rules({ limits: { pulls: 1 } })
    });
    bench.faulty.holdAfter = CHUNK;
    const ids: string[] = [];
    for (const to of ['one', 'two', 'three']) {
      ids.push(await bench.start({ pid: PID, to: `data/${to}` }));
    }
    const [first = '', second = '', third = ''] = ids;
    await bench.reaches(first, 'running');
    const notices = await until('both wait', async () => {
      const waiting = await Promise.all([bench.get(second), bench.get(third)]);
      return waiting.every(({ notice }) => notice !== null) && waiting;
    });
    assert.deepEqual(
      notices.map(({ state }) => state),
      ['queued', 'queued']
    );
    assert.match(notices[0]?.notice ?? '', /At most 1 of your pulls.*is the next/);
    assert.match(notices[1]?.notice ?? '', /Before this one wait 1/);

    bench.companion.child.kill('SIGKILL');
    await bench.companion.exited;
    await bench.restart();
    const again = await until('the row stands again', async () => {
      const all = await Promise.all(ids.map(id => bench.get(id)));
      return (
        all[0]?.state === 'running' &&
        all[2]?.notice?.includes('Before this one wait 1') === true &&
        all
      );
    });
    assert.deepEqual(
      again.map(({ state }) => state),
      ['running', 'queued', 'queued']
    );

    bench.faulty.holdAfter = Number.POSITIVE_INFINITY;
    await bench.reaches(first, 'verified');
    await bench.reaches(third, 'verified');
    const ended = await Promise.all([bench.get(second), bench.get(third)]);
    assert.ok(ended.every(({ notice, state }) => state === 'verified' && notice === null));
    const [before, after] = ended.map(({ updatedAt }) => Date.parse(updatedAt));
    assert.ok((before ?? 0) <= (after ?? 0), 'in their order');
  }
});

test('a pull that is cancelled while it waits leaves the row', async t => {
  const bench = await openServiceBench(t, {
    files: { 'a.h5': large },
    profile: rules({ limits: { pulls: 1 } })
  });
  bench.faulty.holdAfter = CHUNK;
  const first = await bench.start({ pid: PID, to: 'data/one' });
  await bench.reaches(first, 'running');
  const second = await bench.start({ pid: PID, to: 'data/two' });
  const third = await bench.start({ pid: PID, to: 'data/three' });
  const notice = (id: string, wanted: string) =>
    until(`"${wanted}"`, async () => (await bench.get(id)).notice?.includes(wanted) === true);
  await notice(third, 'Before this one wait 1');
  const { body } = await bench.post<Transfer>(`/v1/transfers/${second}/cancel`);
  assert.equal(body.state, 'cancelled');
  await notice(third, 'is the next');
  await bench.post(`/v1/transfers/${first}/cancel`);
  bench.faulty.holdAfter = Number.POSITIVE_INFINITY;
  await bench.reaches(third, 'verified');
});

test('no more connections than one person may have, over all running pulls', async t => {
  const bench = await openServiceBench(t, {
    files: { 'a.h5': large, 'b.h5': large },
    profile: rules({ limits: { streams: 3 } })
  });
  bench.faulty.holdAfter = 2000;
  const first = await bench.start({ pid: PID, to: 'data/one' });
  const second = await bench.start({ pid: PID, to: 'data/two' });
  await until('three', () => underWay(bench) === 3);
  const starved = await until('one waits for a connection', async () => {
    const both = await Promise.all([bench.get(first), bench.get(second)]);
    return both.find(({ notice }) => notice?.startsWith('Your other pulls') === true);
  });
  assert.match(starved.notice ?? '', /use all connections that you may have now/);
  assert.equal(underWay(bench), 3);
  bench.faulty.holdAfter = Number.POSITIVE_INFINITY;
  await Promise.all([bench.reaches(first, 'verified'), bench.reaches(second, 'verified')]);
});

test('a pull over the limit is refused before anything is written, with whom to ask', async t => {
  const bench = await openServiceBench(t, {
    files: { 'a.h5': large },
    size: large.length,
    profile: rules({ limits: { pull_bytes: 1_000_000 } })
  });
  const url = `${bench.faulty.url}/data/set/a.h5`;
  for (const wish of [{ pid: PID }, { url }]) {
    const { body: plan } = await bench.post<TransferPlan>('/v1/transfers/plan', wish);
    assert.match(plan.refusal ?? '', /at most 1 MB here.*8\.4 MB.*desk@example\.org/);
    const { body, status } = await bench.post<Problem>('/v1/transfers', wish);
    assert.equal(status, 403);
    assert.equal(body.type, '/problems/pull-too-large');
    assert.equal(body.detail, plan.refusal);
  }
  // Of a part nobody knows the size before it is listed.
  const id = await bench.start({ pid: PID, only: '*.h5' });
  const failed = await bench.reaches(id, 'failed');
  assert.equal(failed.problem?.type, '/problems/pull-too-large');
  assert.equal(failed.bytes, 0);
});

test('a pull whose size nobody says ends when more has come than is allowed', async t => {
  const bench = await openServiceBench(t, {
    files: { 'a.h5': large },
    profile: rules({ limits: { pull_bytes: 2_000_000 } })
  });
  bench.faulty.fault = ({ path }) => (path.endsWith('.h5') ? { kind: 'chunked' } : null);
  const id = await bench.start({ url: `${bench.faulty.url}/data/set/a.h5` });
  const failed = await bench.reaches(id, 'failed');
  assert.equal(failed.problem?.type, '/problems/pull-too-large');
});

test('where pulls are switched off nobody is offered one, and the sentence says whom to ask', async t => {
  const bench = await openServiceBench(t, {
    files: { 'a.h5': large },
    profile: rules({ run_on: 'off' })
  });
  const { body: facility } = await bench.companion.ask<Facility>('GET', '/v1/facility');
  assert.deepEqual(facility.active?.features, { pulls: false });
  for (const target of ['/v1/transfers/plan', '/v1/transfers']) {
    const { body, status } = await bench.post<Problem>(target, { pid: PID });
    assert.equal(status, 409);
    assert.equal(body.type, '/problems/not-offered');
    assert.match(body.detail, /switched off at Test facility\. Ask: Write to desk@example\.org\./);
  }
});

test('a pull that was begun before they were switched off says so, and goes on when they are on again', async t => {
  const bench = await openServiceBench(t, { files: { 'a.h5': large }, profile: rules({}) });
  const file = path.join(bench.home, 'test.yaml');
  const on = readFileSync(file, 'utf8');
  const restartWith = async (profile: string): Promise<void> => {
    bench.companion.child.kill('SIGKILL');
    await bench.companion.exited;
    writeFileSync(file, profile);
    await bench.restart();
  };
  bench.faulty.holdAfter = CHUNK;
  const id = await bench.start({ pid: PID });
  await until('bytes come', async () => (await bench.get(id)).bytes > 0);
  await restartWith(JSON.stringify({ ...JSON.parse(on), ...rules({ run_on: 'off' }) }));
  const stopped = await bench.reaches(id, 'failed');
  assert.equal(stopped.problem?.type, '/problems/not-offered');
  await restartWith(on);
  bench.faulty.holdAfter = Number.POSITIVE_INFINITY;
  await bench.post(`/v1/transfers/${id}/retry`);
  await bench.reaches(id, 'verified');
});

test('all threads together keep to the rate, and the sentence says it', async t => {
  const bench = await openServiceBench(t, {
    files: { 'a.h5': large },
    profile: rules({ limits: { rate_bytes: 4_000_000 } })
  });
  const begun = performance.now();
  const id = await bench.start({ pid: PID });
  await until('the sentence', async () => {
    const { notice } = await bench.get(id);
    return notice?.includes('may get 4 MB/s here') === true;
  });
  await bench.reaches(id, 'verified');
  // A slow machine makes it longer; nothing makes it shorter.
  const atLeast = (large.length / 4_000_000 - 0.25) * 1000;
  assert.ok(performance.now() - begun >= atLeast);
});

test(
  'one machine, two persons: the second begins by itself when the first is killed with -9',
  { skip: process.platform === 'linux' ? false : 'places on a machine are of Linux' },
  async t => {
    const profile = rules({ limits: { node: { pulls: 1 } } });
    const alice = await openServiceBench(t, { files: { 'a.h5': large }, profile });
    const bob = await openServiceBench(t, { files: { 'a.h5': large }, profile });
    alice.faulty.holdAfter = CHUNK;
    await alice.reaches(await alice.start({ pid: PID }), 'running');
    const id = await bob.start({ pid: PID });
    const waiting = await until('bob waits', async () => {
      const transfer = await bob.get(id);
      return transfer.notice !== null && transfer;
    });
    assert.equal(waiting.state, 'queued');
    assert.match(waiting.notice ?? '', /All 1 places .* are taken.* after 10 min with one/);
    alice.companion.child.kill('SIGKILL');
    await bob.reaches(id, 'verified');
  }
);

test('a pull for which the machine has no place in time goes on with one connection', async t => {
  const profile = rules({ limits: { node: { pulls: 1, wait_minutes: 0 } } });
  const alice = await openServiceBench(t, { files: { 'a.h5': large }, profile });
  const bob = await openServiceBench(t, { files: { 'a.h5': large, 'b.h5': large }, profile });
  alice.faulty.holdAfter = CHUNK;
  bob.faulty.holdAfter = 2 * CHUNK;
  await alice.reaches(await alice.start({ pid: PID }), 'running');
  const id = await bob.start({ pid: PID });
  await until('bytes come', async () => (await bob.get(id)).bytes > 0);
  assert.match((await bob.get(id)).notice ?? '', /so it goes with one connection/);
  bob.faulty.holdAfter = Number.POSITIVE_INFINITY;
  await bob.reaches(id, 'verified');
});

test('two facilities that name a store alike have a rate of their own each', async t => {
  const bench = await openServiceBench(t, {
    files: { 'a.h5': large },
    // Slow enough to be measured.
    profile: rules({ limits: { rate_bytes: 4_000_000 } })
  });
  await bench.reaches(await bench.start({ pid: PID }), 'verified');
  const { DatabaseSync } = await import('node:sqlite');
  bench.companion.child.kill('SIGTERM');
  await bench.companion.exited;
  const db = new DatabaseSync(`${bench.companion.stateDir}/state.db`, { readOnly: true });
  const names = db.prepare("SELECT name FROM settings WHERE name LIKE 'transfers.rate.%'").all();
  db.close();
  assert.deepEqual(
    names.map(({ name }) => name),
    ['transfers.rate.test.store']
  );
});
