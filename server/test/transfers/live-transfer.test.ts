import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveTransfer } from '../../src/transfers/live-transfer.ts';

const none = { total: 3, done: 0, verified: 0, failed: 0, here: 0, bytes: 0, doneBytes: 0 };

test('bytes of a file count once, however often it is given up and taken up again', () => {
  const live = new LiveTransfer();
  const bytes = () => live.totals?.bytes;
  assert.equal(bytes(), undefined, 'not counted before the files are listed');
  live.begin({ ...none, bytes: 40 }, new Map([[1, 40]]));
  assert.equal(bytes(), 40);
  live.moved(1, 40);
  assert.equal(live.hasMoved, false, 'what an earlier process had is no movement');
  live.moved(1, 70);
  assert.equal(live.hasMoved, true);
  assert.equal(bytes(), 70);
  assert.equal(live.over(1, null), 70);
  assert.equal(bytes(), 70, 'still here');
  live.moved(1, 30);
  assert.equal(bytes(), 30, 'it began anew');
  live.over(1, { state: 'verified', bytes: 100 });
  assert.deepEqual(live.totals, { ...none, done: 1, verified: 1, bytes: 100, doneBytes: 100 });
  live.moved(2, 10);
  live.over(2, { state: 'failed', bytes: 0 });
  assert.deepEqual(live.totals, {
    ...none,
    done: 1,
    verified: 1,
    failed: 1,
    bytes: 100,
    doneBytes: 100
  });
});

test('what was here already makes no rate', () => {
  const live = new LiveTransfer();
  live.begin(none, new Map());
  live.over(0, { state: 'verified', bytes: 5000, wasHere: true });
  live.over(1, { state: 'as-sent', bytes: 7 });
  assert.equal(live.foundBytes, 5000);
  assert.equal(live.totals?.here, 1);
  assert.equal(live.totals?.bytes, 5007);
});
