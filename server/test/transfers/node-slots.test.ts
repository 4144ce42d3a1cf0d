import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { describe, it, test } from 'node:test';
import { limitsOf } from '../../src/transfers/limits.ts';
import { NodeShare } from '../../src/transfers/node-share.ts';
import { abstractSlots, type Slot, type TakeSlot } from '../../src/transfers/node-slots.ts';
import { StreamGate } from '../../src/transfers/puller/stream-gate.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/until.ts';

/** Another program of another person: it takes places by their names and lives until it is killed. */
function neighbour(prefix: string, count: number): Promise<ChildProcess> {
  const code = `
    const net = require('node:net');
    let open = 0;
    for (let i = 0; i < ${count}; i++) {
      net.createServer().listen('\\0${prefix}.pull.' + i, () => {
        if (++open === ${count}) console.log('ready');
      });
    }`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise(resolve =>
    createInterface({ input: child.stdout }).once('line', () => resolve(child))
  );
}

describe(
  'places on a machine',
  { skip: process.platform === 'linux' ? false : 'abstract sockets are of Linux' },
  () => {
    it('are as many as were asked for, and come back', async () => {
      const take = abstractSlots(`test-${randomUUID()}`);
      const slots: Slot[] = [];
      for (let count = 0; count < 3; count++) {
        const slot = await take('pull', 3);
        assert.ok(slot !== null);
        slots.push(slot);
      }
      assert.equal(await take('pull', 3), null);
      const other = await take('stream', 1);
      assert.ok(other !== null, 'connections are counted apart');
      slots[1]?.release();
      const again = await until('a place', () => take('pull', 3));
      [...slots, other, again].forEach(slot => slot.release());
    });

    it('of a process that was killed with -9 are free at once', async () => {
      const prefix = `test-${randomUUID()}`;
      const take = abstractSlots(prefix);
      const child = await neighbour(prefix, 2);
      assert.equal(await take('pull', 2), null);
      const gone = new Promise(resolve => child.on('exit', resolve));
      child.kill('SIGKILL');
      await gone;
      const slot = await take('pull', 2);
      assert.ok(slot !== null);
      slot.release();
    });
  }
);

/** A machine with so many places, in memory. */
function fakeMachine(): { take: TakeSlot; taken: Record<'pull' | 'stream', number> } {
  const taken = { pull: 0, stream: 0 };
  return {
    taken,
    take: (kind, count) => {
      if (taken[kind] >= count) {
        return Promise.resolve(null);
      }
      taken[kind]++;
      let isHeld = true;
      return Promise.resolve({
        release: () => {
          taken[kind] -= isHeld ? 1 : 0;
          isHeld = false;
        }
      });
    }
  };
}

const { signal } = new AbortController();
const turns = async (): Promise<void> => {
  for (let count = 0; count < 10; count++) {
    await new Promise(resolve => setImmediate(resolve));
  }
};

test('a pull waits for a place that others have, says so once, and goes on when one is free', async () => {
  const machine = fakeMachine();
  const clock = new ManualClock();
  const limits = limitsOf({ limits: { node: { pulls: 1 } } }, {});
  const mine = new NodeShare(clock, machine.take, () => undefined);
  const others = new NodeShare(clock, machine.take, () => undefined);
  const first = await others.enter(limits, signal, () => assert.fail('nobody is before it'));
  let said = 0;
  const second = mine.enter(limits, signal, () => said++);
  await clock.skip();
  await clock.skip();
  first.leave();
  await clock.skip();
  const entered = await second;
  assert.ok(entered.hasPlace);
  assert.equal(said, 1);
  entered.leave();
  assert.equal(machine.taken.pull, 0);
});

test('a neighbour who keeps all places for ever holds nobody up for longer than was said', async () => {
  const machine = fakeMachine();
  machine.taken.pull = 4;
  const clock = new ManualClock();
  const limits = limitsOf({ limits: { node: { pulls: 4, wait_minutes: 1 } } }, {});
  const share = new NodeShare(clock, machine.take, () => undefined);
  let entered: { hasPlace: boolean } | null = null;
  void share.enter(limits, signal, () => undefined).then(place => (entered = place));
  let waited = 0;
  while (entered === null) {
    waited += await clock.skip();
    await turns();
    assert.ok(waited < 63_000);
  }
  assert.ok(waited >= 60_000);
  assert.equal((entered as { hasPlace: boolean }).hasPlace, false);
});

test('a second pull of a person waits for the first one, however long', async () => {
  const machine = fakeMachine();
  const clock = new ManualClock();
  const limits = limitsOf({ limits: { node: { pulls: 1, wait_minutes: 0 } } }, {});
  const share = new NodeShare(clock, machine.take, () => undefined);
  const first = await share.enter(limits, signal, () => undefined);
  const told: boolean[] = [];
  const second = share.enter(limits, signal, isAlone => told.push(isAlone));
  for (let look = 0; look < 5; look++) {
    await clock.skip();
    await turns();
  }
  assert.deepEqual(told, [false]);
  first.leave();
  await clock.skip();
  assert.ok((await second).hasPlace);
});

test('a wait for a place ends with its pull, and leaves no place taken', async () => {
  const machine = fakeMachine();
  machine.taken.pull = 1;
  const stop = new AbortController();
  const limits = limitsOf({ limits: { node: { pulls: 1 } } }, {});
  const share = new NodeShare(new ManualClock(), machine.take, () => undefined);
  const waiting = share.enter(limits, stop.signal, () => undefined);
  await turns();
  stop.abort(new Error('cancelled'));
  await assert.rejects(waiting, /cancelled/);
  assert.equal(machine.taken.pull, 1);
});

test('each pull has one connection of its own, and the rest of the machine is shared', async () => {
  const machine = fakeMachine();
  const clock = new ManualClock();
  const limits = limitsOf({ limits: { node: { pulls: 2, streams: 4 } } }, {});
  let most = 0;
  let now = 0;
  /** A person with 4 connections who keeps each chunk until the test says otherwise. */
  const person = async (): Promise<{ busy: () => number; finishOne: () => void }> => {
    const gate = new StreamGate();
    const share = new NodeShare(clock, machine.take, () => gate.pump());
    gate.allow(16, share);
    share.allow(limits);
    await share.enter(limits, signal, () => undefined);
    const ends: (() => void)[] = [];
    for (let stream = 0; stream < 4; stream++) {
      void (async () => {
        for (;;) {
          await gate.run('/file', signal, async () => {
            most = Math.max(most, ++now);
            await new Promise<void>(resolve => ends.push(resolve));
            now--;
          });
        }
      })();
    }
    await turns();
    return { busy: () => ends.length, finishOne: () => ends.shift()?.() };
  };
  const alice = await person();
  assert.equal(alice.busy(), 3, 'her own one, and the two that are shared');
  const bob = await person();
  assert.equal(bob.busy(), 1, 'his own one');
  // After a minute she gives back what she has kept, chunk by chunk, and he gets a part of it.
  clock.advance(60_000);
  for (let chunk = 0; chunk < 6 && bob.busy() < 2; chunk++) {
    alice.finishOne();
    await turns();
    clock.advance(1250);
    await turns();
  }
  assert.ok(bob.busy() >= 2, 'he has one of the shared ones');
  assert.ok(alice.busy() >= 1, 'and she goes on');
  assert.equal(most, 4);
});
