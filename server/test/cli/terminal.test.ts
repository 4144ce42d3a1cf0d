import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { durationText, plain } from '../../src/cli/terminal.ts';
import { whenText } from '../../src/cli/when.ts';
import { bytesText } from '../../src/core/bytes-text.ts';
import { table } from '../../src/cli/table.ts';
import { parseTime } from '../../src/cli/time-limit.ts';

describe('what the command line prints', () => {
  it('counts bytes in decimal units', () => {
    const cases = [
      [null, '–'],
      [0, '0 B'],
      [999, '999 B'],
      [1500, '1.5 kB'],
      [327_186_432, '327 MB'],
      [999_600, '1 MB'],
      [1.2e12, '1.2 TB'],
      [40e15, '40 PB']
    ] as const;
    for (const [bytes, expected] of cases) {
      assert.equal(bytesText(bytes), expected);
    }
  });

  it('rounds times up, so that nothing takes 0 s', () => {
    assert.equal(durationText(null), '–');
    assert.equal(durationText(0.2), '1 s');
    assert.equal(durationText(180), '3 min');
    assert.equal(durationText(7500), '2 h 5 min');
  });

  it('takes escape sequences, controls and bidi overrides out of texts of others', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), text => {
        assert.doesNotMatch(plain(text), /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      })
    );
    assert.equal(plain('a\u001b[31mred\u001b[0m\u202eb'), 'ared b');
  });
});

describe('tables', () => {
  const rows = [
    { cells: ['a', 'running', 'a name that is longer than a line'], note: 'It waits for you.' },
    { cells: ['bbb', 'ok', 'short'] }
  ];

  it('keeps a row in one line where nobody looks', () => {
    assert.deepEqual(table(rows, null), [
      'a    running  a name that is longer than a line',
      '    It waits for you.',
      'bbb  ok       short'
    ]);
  });

  it('goes on below the last column, or cuts it, on a terminal', () => {
    assert.deepEqual(table(rows, 32).slice(0, 2), [
      'a    running  a name that is',
      '              longer than a line'
    ]);
    assert.deepEqual(table(rows, 32, true), [
      'a    running  a name that is lo…',
      '    It waits for you.',
      'bbb  ok       short'
    ]);
  });

  it('never makes a line longer than the terminal, and loses no word', () => {
    const word = fc.stringMatching(/^[a-z]{1,12}$/);
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 40 }),
        (words, width) => {
          const lines = table([{ cells: ['id', words.join(' ')] }], width);
          assert.ok(lines.every(line => line.length <= width));
          assert.deepEqual(lines.join(' ').trim().split(/ +/).slice(1), words);
        }
      )
    );
  });

  it('says when something was as short as a file listing', () => {
    const now = new Date(2026, 10, 24, 13, 0);
    assert.equal(whenText(new Date(2026, 10, 24, 9, 5).toISOString(), now), '09:05');
    assert.equal(whenText(new Date(2026, 10, 23, 9, 5).toISOString(), now), 'Nov 23');
    assert.equal(whenText(new Date(2025, 0, 3).toISOString(), now), '2025-01');
    assert.equal(whenText(null, now), '–');
  });
});

describe('time limits', () => {
  it('reads what sbatch(1) reads', () => {
    const cases = [
      ['30', 30],
      ['30:01', 31],
      ['02:00:00', 120],
      ['1-00', 1440],
      ['1-02:30', 1590],
      ['1-00:00:01', 1441]
    ] as const;
    for (const [text, minutes] of cases) {
      assert.equal(parseTime(text), minutes, text);
    }
    for (const bad of ['', '0', 'x', '1:2:3:4', '-5', '1-', '30m', '$(id)']) {
      assert.throws(() => parseTime(bad), /time/, bad);
    }
  });
});
