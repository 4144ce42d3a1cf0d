import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { problem } from '../../src/core/problem.ts';
import { Profile } from '../../src/facility/profile.ts';
import { testCall } from '../support/test-call.ts';
import { openInProcessBench } from './in-process-setup.ts';

const profile = Profile.parse({
  id: 'one',
  title: 'One',
  transfers: { default_target: '~/data', roots: ['~/data'], limits: { pulls: 1 } }
});

/** Three pulls beside one place. The catalogue ends each look with a fault, or tells of no file, which ends the pull. */
async function openRow(t: TestContext) {
  let fault: 'upstream-unreachable' | 'sign-in-needed' | null = null;
  const { service } = openInProcessBench(t, profile, () => {
    if (fault !== null) {
      throw problem(fault, 'The catalogue does not answer.');
    }
    return Promise.resolve({
      title: 'Scan',
      sizeBytes: 0,
      fileCount: 0,
      checksums: { kind: 'none' },
      files: () => Promise.resolve({ items: [], cursor: null })
    });
  });
  const ids: string[] = [];
  for (const name of ['a', 'b', 'c']) {
    const wish = { pid: '10.5072/scan', to: `data/${name}` };
    ids.push((await service.start(wish, `a-key-of-the-panel-${name}`, testCall())).transfer.id);
  }
  const [a = '', b = '', c = ''] = ids;
  const woken: string[] = [];
  service.connect(id => woken.push(id));
  const { signal } = new AbortController();
  return {
    service,
    a,
    b,
    c,
    woken,
    look: (id: string) => service.reconcile(id, signal),
    fails: (how: typeof fault) => {
      fault = how;
    }
  };
}

test('a pull that pauses for a passing fault goes on before those that wait', async t => {
  const row = await openRow(t);
  row.fails('upstream-unreachable');
  assert.equal(await row.look(row.a), 5000);
  assert.equal(await row.look(row.b), null);
  assert.equal(await row.look(row.c), null);
  assert.deepEqual(row.woken, [], 'its place is kept');
  assert.match(row.service.get(row.b).notice ?? '', /is the next/);
  assert.match(row.service.get(row.c).notice ?? '', /Before this one wait 1/);

  assert.equal(await row.look(row.a), 10_000, 'it tried again');
  row.fails(null);
  assert.equal(await row.look(row.a), null);
  assert.equal(row.service.get(row.a).state, 'failed');
  assert.deepEqual(row.woken, [row.b], 'at its end the place is for the next one');
});

test('a pull that is cancelled while it pauses, needs the person or fails too often gives its place back', async t => {
  const ends: ((row: Awaited<ReturnType<typeof openRow>>) => Promise<unknown>)[] = [
    row => row.service.cancel(row.a),
    row => {
      row.fails('sign-in-needed');
      return row.look(row.a);
    },
    async row => {
      while ((await row.look(row.a)) !== null) {
        assert.deepEqual(row.woken, []);
      }
    }
  ];
  for (const end of ends) {
    const row = await openRow(t);
    row.fails('upstream-unreachable');
    assert.equal(await row.look(row.a), 5000);
    await row.look(row.b);
    await end(row);
    assert.deepEqual(row.woken, [row.b]);
  }
});
