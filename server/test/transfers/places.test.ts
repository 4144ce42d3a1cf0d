import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Config } from '../../src/config/schema.ts';
import { Profile } from '../../src/facility/profile.ts';
import type { ActiveProfile } from '../../src/facility/service.ts';
import { Places } from '../../src/transfers/places.ts';
import { takeBytes } from '../../src/transfers/puller/rate-limit.ts';
import { sampleBytes } from '../conformance/transfer-backend.ts';
import { startFaultyStore } from '../fakes/faulty-store/server.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { testCall } from '../support/test-call.ts';
import { until } from '../support/until.ts';
import { openInProcessBench } from './in-process-setup.ts';

const profileOf = (id: string, limits: object, stores: readonly object[] = []): Profile =>
  Profile.parse({
    id,
    title: id,
    stores,
    transfers: { default_target: '~/data', roots: ['~/data'], limits }
  });

/** Whether bytes cost time now, and how many connections are lent out of many that are asked for. */
async function measure(places: Places): Promise<{ isLimited: boolean; streams: number }> {
  const stop = new AbortController();
  let streams = 0;
  const runs = Array.from({ length: 20 }, (_, index) =>
    places.pace.streams
      .run(`file ${index}`, stop.signal, async () => {
        streams++;
        await new Promise<void>(resolve => setImmediate(resolve));
        stop.abort();
      })
      .catch(() => undefined)
  );
  await Promise.all(runs);
  return { isLimited: takeBytes(places.pace.rate, 10_000_000) > 0, streams };
}

test('the strictest of the facilities of all pulls under way holds for them, whichever is chosen', async () => {
  const slow = profileOf('slow', { pulls: 1, rate_bytes: 3_000_000 });
  const few = profileOf('few', { pulls: 3, streams: 2 });
  const free = profileOf('free', { pulls: 3 });
  let current = slow;
  let hasChanged = (): void => undefined;
  const facility: Pick<ActiveProfile, 'current' | 'onChange'> = {
    current: () => current,
    onChange: listener => (hasChanged = listener)
  };
  const called: string[] = [];
  const places = new Places(
    {
      clock: new ManualClock(),
      config: Config.parse({ stateDir: '/nowhere', runtimeDir: '/nowhere' }),
      facility: facility as ActiveProfile
    },
    id => called.push(id),
    () => undefined,
    null
  );
  const { signal } = new AbortController();
  const begin = async (id: string, { transfers }: Profile): Promise<void> => {
    assert.ok(places.enter(id));
    await places.enterMachine(id, transfers, signal, () => undefined);
  };
  await begin('a', slow);
  assert.ok(!places.enter('b'));
  assert.deepEqual(await measure(places), { isLimited: true, streams: 3 });

  current = free;
  hasChanged();
  assert.deepEqual(called, ['b'], 'more may run now');
  await begin('b', free);
  assert.deepEqual(await measure(places), { isLimited: true, streams: 3 });
  await begin('c', few);
  assert.deepEqual(await measure(places), { isLimited: true, streams: 2 });

  places.pause('a');
  assert.deepEqual(await measure(places), { isLimited: false, streams: 2 });
  places.leave('c');
  assert.deepEqual(await measure(places), { isLimited: false, streams: 16 });
  places.stop();
});

test('a pull of unknown size is measured by its own facility, whichever is chosen meanwhile', async t => {
  const store = await startFaultyStore();
  t.after(() => store.close());
  const bytes = sampleBytes(3_000_000);
  store.objects.set('/data/a.h5', { bytes });
  store.fault = ({ path }) => (path.endsWith('.h5') ? { kind: 'chunked' } : null);
  store.holdAfter = 1_000_000;
  const own = profileOf('own', { pull_bytes: 5_000_000 }, [
    { id: 'store', title: 'Store', kind: 'http', url: `${store.url}/data/`, checksums: 'none' }
  ]);
  const bench = openInProcessBench(
    t,
    own,
    () => Promise.reject(new Error('no catalogue is asked')),
    { insecureLoopback: true }
  );
  const wish = { url: `${store.url}/data/a.h5` };
  const { transfer } = await bench.service.start(wish, 'a-key-of-the-panel-0001', testCall());
  const ended = bench.service.reconcile(transfer.id, new AbortController().signal);
  await until('some of it', () => store.served() >= 1_000_000);
  bench.choose(profileOf('other', { pull_bytes: 1 }));
  store.holdAfter = Number.POSITIVE_INFINITY;
  assert.equal(await ended, null);
  const { problem, state } = bench.service.get(transfer.id);
  assert.equal(problem, null);
  assert.equal(state, 'as-sent');
});
