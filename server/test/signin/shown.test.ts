import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import qrcode from 'qrcode-generator';
import { displayText } from '../../src/signin/display-text.ts';
import { qrSvg } from '../../src/signin/qr-svg.ts';

test('whatever a stranger calls himself is one bounded line without tricks', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.integer({ min: 1, max: 80 }),
      (text, max) => {
        const shown = displayText(text, max);
        if (shown !== null) {
          assert.ok(Array.from(shown).length <= max);
          assert.doesNotMatch(
            shown,
            /[\p{Cc}\u202a-\u202e\u2066-\u2069\u200b-\u200f\u2028\u2029\ufeff]/u
          );
          assert.ok(shown.isWellFormed());
          assert.equal(shown, shown.trim());
          assert.notEqual(shown, '');
        }
      }
    )
  );
});

test('names of people stay as they are', () => {
  for (const name of [
    'Ada Lovelace',
    'Zoë Müller',
    "O'Brien",
    '李小龍',
    'عمر',
    'José “Pepe” <x>'
  ]) {
    assert.equal(displayText(name, 80), name);
  }
  assert.equal(displayText('Zoe\u0308', 80), 'Zoë');
  assert.equal(displayText('\u202e\u0000 \n', 80), null);
  assert.equal(displayText(undefined, 80), null);
  assert.equal(displayText({ toString: () => 'x' }, 80), null);
});

test('a megabyte of a name takes no time to speak of', () => {
  const nasty = ' \u202e'.repeat(500_000);
  const start = process.cpuUsage().user;
  displayText(nasty, 80);
  assert.ok(process.cpuUsage(undefined).user - start < 50_000);
});

/** The dark modules that an SVG draws, as text with one row a line. */
function drawn(svg: string): string[] {
  const side = Number(/viewBox="0 0 (\d+) \d+"/.exec(svg)?.[1]);
  const rows = Array.from({ length: side }, () => Array<string>(side).fill('.'));
  for (const [, x, y, length] of svg.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
    rows[Number(y)]?.fill('#', Number(x), Number(x) + Number(length));
  }
  return rows.map(row => row.join(''));
}

test('the QR code draws every module, with the border that readers need', () => {
  const address = 'https://proxy.example.org/device?user_code=WDJB-MJHT';
  const svg = qrSvg(address, 'QR code of "X" <y>');
  const rows = drawn(svg);
  const code = qrcode(0, 'M');
  code.addData(address);
  code.make();
  const size = code.getModuleCount();
  assert.equal(rows.length, size + 8);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      assert.equal(rows[row + 4]?.[column + 4] === '#', code.isDark(row, column));
    }
  }
  for (const row of [0, 3, size + 4, size + 7]) {
    assert.match(rows[row] ?? '', /^\.+$/);
  }
  assert.ok(rows.every(row => row.startsWith('....') && row.endsWith('....')));
  // The three finder patterns (ISO/IEC 18004) stand where a reader looks for them.
  assert.equal(rows[4]?.slice(4, 12), '#######.');
  assert.equal(rows[4]?.slice(-12), '.#######....');
  assert.equal(rows[size + 3]?.slice(4, 12), '#######.');
  assert.match(svg, /role="img" aria-label="QR code of {2}X {3}y "/);
  assert.doesNotMatch(svg, /https?:\/\/(?!www\.w3\.org\/2000\/svg)|<script|href/);
  assert.ok(svg.length < 20_000);
});

test('the longest address that is accepted still fits', () => {
  assert.match(qrSvg(`https://a.example/${'x'.repeat(980)}`, 'x'), /^<svg /);
});
