import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  ChunkJournal,
  parseJournal,
  readJournal,
  type PullPlan
} from '../../src/transfers/puller/journal.ts';
import { tempDir } from '../support/temp-dir.ts';

const folder = tempDir('journal');
const plan: PullPlan = {
  url: 'https://data.example.org/scan.h5',
  sizeBytes: 1050,
  validator: '"v1-é"',
  chunkBytes: 100
};
const head = `${JSON.stringify(plan)}\n`;

test('journal: says which chunks are done and whether the file is complete', () => {
  const half = parseJournal(`${head}0\n10\n3\n`);
  assert.deepEqual(half.plan, plan);
  assert.deepEqual([...half.done], [0, 10, 3]);
  assert.equal(half.isEnded, false);
  const all = Array.from({ length: 11 }, (_, index) => `${index}\n`).join('');
  assert.equal(parseJournal(`${head}${all}end\n`).isEnded, true);
});

test('journal: an end before the last chunk is no end', () => {
  assert.equal(parseJournal(`${head}0\nend\n`).isEnded, false);
});

test('journal: a torn last line does not count, wherever it was torn', () => {
  const whole = `${head}0\n10\n3\nend\n`;
  fc.assert(
    fc.property(fc.nat(whole.length - 1), length => {
      const torn = parseJournal(whole.slice(0, length));
      const complete = whole.slice(0, whole.slice(0, length).lastIndexOf('\n') + 1);
      assert.deepEqual(torn, parseJournal(complete));
      assert.equal(torn.isEnded, false);
    })
  );
});

test('journal: garbage never becomes a chunk that does not exist, and nothing behind it counts', () => {
  fc.assert(
    fc.property(fc.string(), garbage => {
      const read = parseJournal(`${head}4\n${garbage}\n`);
      assert.ok(read.done.has(4));
      assert.ok([...read.done].every(index => Number.isInteger(index) && index >= 0 && index < 11));
    })
  );
  for (const line of [
    'x',
    '-1',
    '11',
    '1.5',
    '0x1',
    '',
    ' 1',
    '01',
    '1e0',
    'END',
    '9'.repeat(40)
  ]) {
    const read = parseJournal(`${head}4\n${line}\n5\n`);
    assert.deepEqual([...read.done], [4], line);
    assert.equal(read.usableBytes, Buffer.byteLength(`${head}4\n`), line);
  }
});

test('journal: without a plan that makes sense there is nothing', () => {
  for (const first of [
    '',
    'null',
    '[]',
    '7',
    '{"url":1}',
    JSON.stringify({ ...plan, chunkBytes: 0 }),
    JSON.stringify({ ...plan, sizeBytes: -1 }),
    JSON.stringify({ ...plan, sizeBytes: 1e300 }),
    JSON.stringify({ ...plan, validator: 5 })
  ]) {
    const read = parseJournal(`${first}\n0\n1\n`);
    assert.equal(read.plan, null, first);
    assert.equal(read.done.size, 0, first);
  }
  fc.assert(
    fc.property(fc.string(), text => {
      assert.equal(parseJournal(text).done.size, 0);
    })
  );
});

test('journal: what is written behind a torn line names the chunk that it should', () => {
  const file = path.join(folder, 'torn');
  const first = new ChunkJournal(file, plan, 0);
  first.mark(0);
  first.close();
  appendFileSync(file, '1');
  const before = readJournal(file);
  assert.deepEqual([...before.done], [0]);
  const second = new ChunkJournal(file, plan, before.usableBytes);
  second.mark(0);
  second.mark(2);
  second.close();
  assert.deepEqual([...readJournal(file).done], [0, 2], 'and not 10');
});

test('journal: begins anew where nothing is kept, readable by its owner only', () => {
  const file = path.join(folder, 'anew');
  writeFileSync(file, 'old\n1\n2\n');
  const journal = new ChunkJournal(file, plan, 0);
  journal.mark(3);
  journal.close();
  assert.equal(readFileSync(file, 'utf8'), `${head}3\n`);
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test('journal: round trip of any marks', () => {
  const file = path.join(folder, 'round');
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(10)), marks => {
      const journal = new ChunkJournal(file, plan, 0);
      marks.forEach(index => journal.mark(index));
      journal.close();
      assert.deepEqual([...readJournal(file).done], marks);
    }),
    { numRuns: 30 }
  );
});
