import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Profile } from '../../src/facility/profile.ts';
import { limitsOf, refusalOf } from '../../src/transfers/limits.ts';
import { PullQueue } from '../../src/transfers/pull-queue.ts';
import {
  isHeldBack,
  newRateMemory,
  setRate,
  takeBytes
} from '../../src/transfers/puller/rate-limit.ts';
import { StreamGate } from '../../src/transfers/puller/stream-gate.ts';

test('the stricter of two rules holds, and what nobody says is the default', () => {
  assert.deepEqual(limitsOf({}, {}), {
    pulls: 2,
    streams: 16,
    rateBytes: null,
    pullBytes: null,
    nodePulls: null,
    nodeExtraStreams: null,
    nodeWaitMs: 600_000
  });
  const limits = limitsOf(
    { limits: { pulls: 8, streams: 4, rate_bytes: 50_000_000, node: { pulls: 6, streams: 4 } } },
    { limits: { pulls: 1, rate_bytes: 3_000_000, pull_bytes: 9, node: { wait_minutes: 1 } } }
  );
  assert.deepEqual(limits, {
    pulls: 1,
    streams: 3,
    rateBytes: 3_000_000,
    pullBytes: 9,
    nodePulls: 4,
    nodeExtraStreams: 0,
    nodeWaitMs: 60_000
  });
});

test('a rule for the machine has known keys and sensible values', () => {
  const rules = (limits: object) =>
    Profile.safeParse({ id: 'a', title: 'A', transfers: { limits } }).success;
  assert.ok(rules({ pulls: 1, node: { streams: 4 } }));
  for (const wrong of [{ pulls: 0 }, { rate_bytes: 1000 }, { stream: 1 }, { node: { pull: 1 } }]) {
    assert.ok(!rules(wrong), JSON.stringify(wrong));
  }
});

test('a refusal says both sizes in decimal units and whom to ask', () => {
  const profile = Profile.parse({ id: 'a', title: 'A', help: 'Write to desk@example.org.' });
  const sentence = refusalOf('Scan', 5e12, { pullBytes: 1e12 }, profile);
  assert.match(sentence ?? '', /at most 1 TB here, and "Scan" has 5 TB.*desk@example\.org/);
  assert.equal(refusalOf('Scan', 1e12, { pullBytes: 1e12 }, profile), null);
  assert.equal(
    refusalOf('Scan', null, { pullBytes: 1 }, profile),
    null,
    'not known is not refused'
  );
});

/** What happens to the row: somebody asks, somebody ends or gives up, there are more or fewer places. */
const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('enter' as const), id: fc.integer({ min: 0, max: 9 }) }),
    fc.record({ kind: fc.constant('leave' as const), id: fc.integer({ min: 0, max: 9 }) }),
    fc.record({ kind: fc.constant('allow' as const), id: fc.integer({ min: 1, max: 4 }) })
  ),
  { maxLength: 80 }
);

test('never more run than there are places, in their order, and everybody gets a turn', () => {
  fc.assert(
    fc.property(steps, script => {
      const called: string[] = [];
      const queue = new PullQueue(
        2,
        id => called.push(id),
        () => undefined
      );
      const running = new Set<string>();
      /** As it should be: who asked first comes first. */
      let row: string[] = [];
      let places = 2;
      const enter = (id: string): void => {
        if (running.has(id)) {
          assert.ok(queue.enter(id), 'one that only paused goes on');
          return;
        }
        row = row.includes(id) ? row : [...row, id];
        const isTurn = row.indexOf(id) < places - running.size;
        assert.equal(queue.enter(id), isTurn);
        if (isTurn) {
          running.add(id);
          row = row.filter(other => other !== id);
        }
      };
      /** As the reconciler does: whoever was called looks whether it is its turn. */
      const answer = (): void => {
        for (let id = called.shift(); id !== undefined; id = called.shift()) {
          if (row.includes(id)) {
            const before = running.size;
            enter(id);
            assert.ok(running.size > before, 'nobody is called in vain');
          }
        }
        assert.ok(row.length === 0 || running.size >= places, 'nobody waits beside a free place');
      };
      for (const { id, kind } of script) {
        const before = running.size;
        if (kind === 'allow') {
          places = id;
          queue.allow(places);
        } else if (kind === 'enter') {
          enter(String(id));
        } else {
          running.delete(String(id));
          row = row.filter(other => other !== String(id));
          queue.leave(String(id));
        }
        answer();
        assert.ok(running.size <= Math.max(places, before), 'never more than places');
        row.forEach((waiting, index) => assert.equal(queue.before(waiting), index));
      }
      // No starvation: when those who run end one by one, everybody has had a turn.
      while (running.size > 0) {
        const [first = ''] = running;
        running.delete(first);
        queue.leave(first);
        answer();
      }
      assert.deepEqual(row, []);
    })
  );
});

test('connections are lent in order, never more than allowed, and one that is given up leaves the row', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }),
      async (most, isGivenUp) => {
        const gate = new StreamGate();
        gate.allow(most, null);
        const order: number[] = [];
        let now = 0;
        const ends: (() => void)[] = [];
        const runs = isGivenUp.map((isOut, index) => {
          const stop = new AbortController();
          const run = gate
            .run(`file ${index}`, stop.signal, async () => {
              now++;
              assert.ok(now <= most);
              order.push(index);
              await new Promise<void>(resolve => ends.push(resolve));
              now--;
            })
            .catch(() => undefined);
          if (isOut && index >= most) {
            stop.abort();
          }
          return run;
        });
        const all = Promise.all(runs).then(() => true);
        let isOver = false;
        void all.then(() => {
          isOver = true;
        });
        while (!isOver) {
          ends.shift()?.();
          await new Promise(resolve => setImmediate(resolve));
        }
        assert.deepEqual(
          order,
          isGivenUp.map((_, index) => index).filter(index => !(isGivenUp[index] && index >= most))
        );
      }
    ),
    { numRuns: 30 }
  );
});

test('the starved file is the one that waits while others have the connections', async () => {
  const gate = new StreamGate();
  gate.allow(1, null);
  let end: () => void = () => undefined;
  const { signal } = new AbortController();
  const first = gate.run('/a/1', signal, () => new Promise<void>(resolve => (end = resolve)));
  const second = gate.run('/b/1', signal, () => Promise.resolve());
  await new Promise(resolve => setImmediate(resolve));
  assert.ok(gate.isStarved(target => target.startsWith('/b/')));
  assert.ok(!gate.isStarved(target => target.startsWith('/a/')));
  end();
  await Promise.all([first, second]);
  assert.ok(!gate.isStarved(() => true));
});

test('bytes are paid for at the rate, whoever of the threads takes them', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1_000_000, max: 2_000_000_000 }),
      fc.array(fc.integer({ min: 1, max: 1_048_576 }), { minLength: 1, maxLength: 50 }),
      (rate, pieces) => {
        const memory = newRateMemory();
        setRate(memory, rate);
        const start = 10_000_000_000n;
        let now = start;
        let taken = 0;
        for (const bytes of pieces) {
          taken += bytes;
          // The thread sleeps until its bytes are paid for.
          now += BigInt(Math.ceil(takeBytes(memory, bytes, now) * 1e6));
          const seconds = Number(now - start) / 1e9;
          assert.ok(taken <= rate * (seconds + 0.2501) + 1_048_576 * 1e-6 * pieces.length);
          assert.ok(seconds <= (taken / rate) * 1.001 + 1e-3, 'and no slower than that');
        }
      }
    )
  );
  const free = newRateMemory();
  setRate(free, null);
  assert.equal(takeBytes(free, 1e9), 0);
  assert.ok(!isHeldBack(free));
  setRate(free, 1_000_000);
  takeBytes(free, 1_000_000, 10_000_000_000n);
  assert.ok(isHeldBack(free, 10_500_000_000n) && !isHeldBack(free, 12_000_000_000n));
});
