import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TransferState } from '#contract';
import { RateMeter } from '../../src/transfers/rate.ts';
import { transition, type TransferEvent } from '../../src/transfers/state.ts';

const states = TransferState.options;
const events: readonly TransferEvent[] = [
  'begin',
  'needs-person',
  'all-verified',
  'all-complete',
  'failed',
  'cancel',
  'retry',
  'verify'
];

test('every state and every event: what follows', () => {
  const table = states.map(state => [
    state,
    ...events.map(event => transition(state, event) ?? '-')
  ]);
  const rows = table.map(row => row.join(' '));
  assert.deepEqual(rows, [
    'queued running needs-you - - failed cancelled - -',
    'running running needs-you verified as-sent failed cancelled - -',
    'needs-you running needs-you - - failed cancelled queued -',
    'verified - - - - - - - queued',
    'as-sent - - - - - - - queued',
    'failed - - - - - - queued queued',
    'cancelled - - - - - - queued -'
  ]);
});

test('nothing but "all verified" leads to verified, and only from running', () => {
  for (const state of states) {
    for (const event of events) {
      if (transition(state, event) === 'verified') {
        assert.deepEqual([state, event], ['running', 'all-verified']);
      }
    }
  }
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...events)), history => {
      let state: TransferState = 'queued';
      for (const event of history) {
        const next = transition(state, event);
        assert.ok(next !== 'verified' || event === 'all-verified');
        state = next ?? state;
      }
    })
  );
});

test('rate: bytes a second over the last five seconds', () => {
  const meter = new RateMeter();
  assert.equal(meter.rate(0), null, 'nothing was seen');
  meter.add(0, 0);
  meter.add(200, 20_000);
  assert.equal(meter.rate(200), null, 'too short to say');
  meter.add(1000, 100_000);
  assert.equal(meter.rate(1000), 100_000);
  for (let at = 2000; at <= 20_000; at += 1000) {
    meter.add(at, 100_000 + (at - 1000) * 10);
  }
  assert.equal(meter.rate(20_000), 10_000, 'the fast beginning is forgotten');
  assert.equal(meter.rate(26_000), null, 'nothing moves');
});

test('rate: never negative, whatever is counted back', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(2000), fc.nat(1_000_000)), { maxLength: 50 }), steps => {
      const meter = new RateMeter();
      let at = 0;
      for (const [ms, bytes] of steps) {
        at += ms;
        meter.add(at, bytes);
        const rate = meter.rate(at);
        assert.ok(rate === null || (rate > 0 && Number.isFinite(rate)));
      }
    })
  );
});
