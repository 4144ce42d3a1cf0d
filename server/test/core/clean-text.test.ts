import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cleanLines, cleanText } from '../../src/core/clean-text.ts';

test('control and bidirectional characters go, line breaks become blanks', () => {
  assert.equal(
    cleanText('a\u0000b\u202ecod\u202c\u2066x\u2069\n\tnext\u001b[31m', 100),
    'abcodx next[31m'
  );
  assert.equal(cleanText('\ufeff Ä θ 分析 🙂 ', 100), 'Ä θ 分析 🙂');
});

test('a long text is cut, never inside a character', () => {
  assert.equal(cleanText('x'.repeat(20_000), 500).length, 500);
  assert.equal(cleanText('abc🙂def', 5), 'abc…');
  assert.equal(cleanText('abc🙂', 5), 'abc🙂');
});

test('text of many lines keeps its lines and tabs', () => {
  assert.equal(cleanLines('a\r\n\tb\u0007\rc\u202e', 100), 'a\n\tb\nc');
});

test('whatever comes in, what goes out is short, well-formed and free of steering characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 60 }), (text, max) => {
      for (const out of [cleanText(text, max), cleanLines(text, max)]) {
        assert.ok(out.length <= max && out.isWellFormed());
        assert.doesNotMatch(
          out,
          /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/
        );
      }
      assert.doesNotMatch(cleanText(text, max), /[\n\r\t]/);
    })
  );
});
