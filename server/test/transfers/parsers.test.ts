import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { matchesGlob } from '../../src/transfers/glob.ts';
import { parseManifest } from '../../src/transfers/parse-manifest.ts';
import { checksumOfHeader } from '../../src/transfers/puller/digest-headers.ts';
import { newHash } from '../../src/transfers/puller/hash-state.ts';
import {
  parseResponseHead,
  refuseRange,
  refuseWhole
} from '../../src/transfers/puller/response-head.ts';

const bytes = Buffer.from('Photons and neutrons\n');
const digest = (algorithm: string, encoding: 'hex' | 'base64'): string =>
  createHash(algorithm).update(bytes).digest(encoding);

test('digest headers: each form of each standard gives hex', () => {
  const cases: [name: string, value: string, algorithm: string][] = [
    ['Repr-Digest', `sha-256=:${digest('sha256', 'base64')}:`, 'sha256'],
    [
      'Repr-Digest',
      `md5=:${digest('md5', 'base64')}:, sha-512=:${digest('sha512', 'base64')}:`,
      'sha512'
    ],
    ['Digest', `SHA-256=${digest('sha256', 'base64')}`, 'sha256'],
    ['Digest', `MD5=${digest('md5', 'base64')},SHA=${digest('sha1', 'base64')}`, 'sha1'],
    ['Digest', `md5=${digest('md5', 'hex')}`, 'md5'],
    ['OC-Checksum', `SHA1:${digest('sha1', 'hex').toUpperCase()}`, 'sha1'],
    ['Content-MD5', digest('md5', 'base64'), 'md5']
  ];
  for (const [name, value, algorithm] of cases) {
    const found = checksumOfHeader(name, value);
    assert.equal(found?.algorithm, algorithm, value);
    assert.equal(found?.value, digest(algorithm, 'hex'), value);
    assert.equal(found?.source, `header ${name}`);
  }
});

test('digest headers: adler32 has eight digits, as dCache may leave out zeros', () => {
  assert.equal(checksumOfHeader('Digest', 'adler32=3f002f7')?.value, '03f002f7');
  assert.equal(checksumOfHeader('Digest', 'ADLER32=03F002F7')?.value, '03f002f7');
});

test('digest headers: what is no digest of ours is none', () => {
  for (const value of [
    undefined,
    '',
    [],
    'sha-256',
    'sha-256=',
    'sha-256=:AAAA:',
    'crc32c=:AAAAAA==:',
    'md5=zz',
    'sha-256=<script>',
    `sha-256=:${'A'.repeat(3000)}:`
  ]) {
    assert.equal(checksumOfHeader('Repr-Digest', value), null, String(value));
  }
  fc.assert(
    fc.property(fc.string(), text => {
      const found = checksumOfHeader('Digest', text);
      assert.ok(found === null || /^[0-9a-f]+$/.test(found.value));
    })
  );
});

test('hashes: known values', () => {
  const known = {
    md5: '900150983cd24fb0d6963f7d28e17f72',
    sha1: 'a9993e364706816aba3e25717850c26c9cd0d89d',
    sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    sha512: createHash('sha512').update('abc').digest('hex'),
    adler32: '024d0127'
  } as const;
  for (const [algorithm, value] of Object.entries(known)) {
    const hash = newHash(algorithm as keyof typeof known);
    hash.update(Buffer.from('a'));
    hash.update(Buffer.from('bc'));
    assert.equal(hash.digest(), value, algorithm);
  }
  assert.equal(newHash('adler32').digest(), '00000001', 'nothing at all');
});

test('adler32: the same sum however the bytes are cut, also for large high bytes', () => {
  const slow = (input: Uint8Array): string => {
    let a = 1;
    let b = 0;
    for (const byte of input) {
      a = (a + byte) % 65_521;
      b = (b + a) % 65_521;
    }
    return (b * 65_536 + a).toString(16).padStart(8, '0');
  };
  const high = Buffer.alloc(1_000_000, 0xff);
  const hash = newHash('adler32');
  hash.update(high);
  assert.equal(hash.digest(), slow(high));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 9000 }), fc.nat(9000), (input, cut) => {
      const inTwo = newHash('adler32');
      inTwo.update(input.subarray(0, cut));
      inTwo.update(input.subarray(cut));
      assert.equal(inTwo.digest(), slow(input));
    }),
    { numRuns: 50 }
  );
});

const asked = { first: 100, last: 199, sizeBytes: 1000, validator: '"v1"' };
const good = {
  'content-range': 'bytes 100-199/1000',
  'content-length': '100',
  etag: '"v1"'
};
const head = (status: number, headers: Record<string, string>) => ({
  status,
  headers: new Map(Object.entries(headers))
});

test('ranges: only exactly what was asked for is taken', () => {
  const take = (status: number, headers: Record<string, string>): string | null =>
    refuseRange(head(status, headers), asked)?.kind ?? null;
  assert.equal(take(206, good), null);
  assert.equal(take(206, { ...good, 'content-range': 'bytes 100-199/*' }), null);
  assert.equal(
    take(206, { 'content-range': 'bytes 100-199/1000' }),
    null,
    'no length, no validator'
  );
  assert.equal(take(206, { ...good, 'content-range': 'bytes 101-200/1000' }), 'garbled');
  assert.equal(take(206, { ...good, 'content-range': 'bytes 100-198/1000' }), 'garbled');
  assert.equal(take(206, { ...good, 'content-range': 'bytes 100-199' }), 'garbled');
  assert.equal(take(206, { 'content-length': '100' }), 'garbled', 'multipart or none');
  assert.equal(take(206, { ...good, 'content-range': 'bytes 100-199/1001' }), 'changed');
  assert.equal(take(206, { ...good, etag: '"v2"' }), 'changed', 'a store that ignores If-Range');
  assert.equal(take(206, { ...good, 'content-length': '99' }), 'garbled');
  assert.equal(take(206, { ...good, 'content-encoding': 'gzip' }), 'garbled');
  assert.equal(take(206, { ...good, 'content-encoding': 'identity' }), null);
  assert.equal(take(200, good), 'changed');
  assert.equal(take(416, {}), 'changed');
  assert.equal(take(412, {}), 'changed');
  assert.equal(take(302, {}), 'status');
  assert.equal(refuseRange(head(200, good), { ...asked, validator: null })?.kind, 'no-ranges');
  const date = 'Wed, 01 Jan 2025 00:00:00 GMT';
  const dated = { ...asked, validator: date };
  const { etag: _etag, ...undated } = good;
  assert.equal(refuseRange(head(206, { ...undated, 'last-modified': date }), dated), null);
  assert.equal(
    refuseRange(head(206, { ...undated, 'last-modified': 'Thu, 02 Jan 2025 00:00:00 GMT' }), dated)
      ?.kind,
    'changed'
  );
});

test('whole files: another length or another version is another file', () => {
  const whole = { sizeBytes: 10, validator: '"v1"' };
  const take = (status: number, headers: Record<string, string>): string | null =>
    refuseWhole(head(status, headers), whole)?.kind ?? null;
  assert.equal(take(200, { 'content-length': '10', etag: '"v1"' }), null);
  assert.equal(take(200, {}), null);
  assert.equal(take(200, { 'content-length': '11' }), 'changed');
  assert.equal(take(200, { etag: '"v2"' }), 'changed');
  assert.equal(take(200, { 'content-encoding': 'br' }), 'garbled');
  assert.equal(take(503, {}), 'status');
});

test('response heads: parsed or refused, never thrown', () => {
  const parsed = parseResponseHead('HTTP/1.1 206 Partial Content\r\nETag:  "x" \r\nA: 1\r\na: 2');
  assert.equal(parsed?.status, 206);
  assert.equal(parsed?.headers.get('etag'), '"x"');
  assert.equal(parsed?.headers.get('a'), '1, 2');
  for (const text of [
    '',
    'HTTP/2 200',
    'SSH-2.0-x',
    'HTTP/1.1 20',
    'HTTP/1.1 200 OK\r\nno colon',
    'HTTP/1.1 200 OK\r\nA : 1'
  ]) {
    assert.equal(parseResponseHead(text), null, text);
  }
  fc.assert(
    fc.property(fc.string(), text => {
      parseResponseHead(text);
      parseResponseHead(`HTTP/1.1 200 OK\r\n${text}`);
    })
  );
});

/** The same pattern as a regular expression, made in another way than the matcher works. */
function reference(pattern: string): RegExp {
  let source = '';
  for (let rest = pattern; rest !== '';) {
    const set = /^\[([!^]?)([^\]]+)\]/.exec(rest);
    if (set !== null) {
      const body = (set[2] ?? '').replace(/[\\\]^[]/g, String.raw`\$&`);
      source += `[${set[1] === '' ? '' : '^'}${body}]`;
      rest = rest.slice(set[0].length);
    } else {
      const [character = ''] = rest;
      source +=
        character === '*'
          ? '[\\s\\S]*'
          : character === '?'
            ? '[\\s\\S]'
            : character.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
      rest = rest.slice(character.length);
    }
  }
  return new RegExp(`^${source}$`, 'u');
}

test('glob: the same answer as a regular expression', () => {
  const character = fc.constantFrom('a', 'b', '-', '.', '/', '1', 'é');
  const piece = fc.oneof(
    character,
    fc.constantFrom('*', '**', '?', '[ab]', '[!a]', '[a-z]', '[^0-9]', '[1-9]', '[', ']')
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 8 }),
      fc.array(character, { maxLength: 8 }),
      (pieces, characters) => {
        const pattern = pieces.join('');
        const name = characters.join('');
        let expected: RegExp;
        try {
          expected = reference(pattern);
        } catch {
          // The reference has no word for it, such as a set whose range runs backwards.
          matchesGlob(pattern, name);
          return;
        }
        assert.equal(matchesGlob(pattern, name), expected.test(name), `${pattern} ~ ${name}`);
      }
    ),
    { numRuns: 3000 }
  );
});

test('glob: a pattern that would hang a backtracking matcher is answered', () => {
  assert.equal(matchesGlob('*a'.repeat(60), 'a'.repeat(5000)), true);
  assert.equal(matchesGlob(`${'*a'.repeat(60)}b`, 'a'.repeat(5000)), false);
});

const hexOf = (letter: string): string => letter.repeat(64);

test('manifest: the forms of sha256sum', () => {
  const text = [
    `${hexOf('a')}  plain.h5`,
    `${hexOf('b')} *binary.h5`,
    `${hexOf('C')}  upper.h5`,
    `${hexOf('d')}  ./dotted.h5`,
    `${hexOf('e')}  two words.h5`,
    `${hexOf('f')}   leading blank`,
    `${hexOf('1')}  *star`,
    `\\${hexOf('2')}  new\\nline and \\\\ back`,
    `SHA256 (tagged (1).h5) = ${hexOf('3')}`,
    `${hexOf('4')}  windows.h5\r`,
    `# ${hexOf('5')}  comment`,
    `${hexOf('6').slice(1)}  short`,
    `${hexOf('g')}  nohex`,
    '<html>',
    `${hexOf('7')}  last`
  ].join('\n');
  const found = parseManifest('SHA256SUMS', text);
  assert.deepEqual(
    [...found].map(([name, { value }]) => [name, value[0]]),
    [
      ['plain.h5', 'a'],
      ['binary.h5', 'b'],
      ['upper.h5', 'c'],
      ['dotted.h5', 'd'],
      ['two words.h5', 'e'],
      [' leading blank', 'f'],
      ['*star', '1'],
      ['new\nline and \\ back', '2'],
      ['tagged (1).h5', '3'],
      ['windows.h5', '4'],
      ['last', '7']
    ]
  );
  assert.deepEqual(found.get('plain.h5'), {
    algorithm: 'sha256',
    value: hexOf('a'),
    source: 'SHA256SUMS'
  });
});

test('manifest: BagIt writes paths from the bag and escapes three characters', () => {
  const found = parseManifest(
    'manifest-md5.txt',
    `${'a'.repeat(32)}  data/scan.h5\n${'b'.repeat(32)}\tdata/100%25%0A.h5\n${'c'.repeat(32)} data/%41.h5\n`
  );
  assert.deepEqual([...found.keys()], ['data/scan.h5', 'data/100%\n.h5', 'data/%41.h5']);
  assert.equal(found.get('data/scan.h5')?.algorithm, 'md5');
});

test('manifest: what is written as sha256sum does is read back, whatever the name', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1 }).filter(name => !name.startsWith('./') && name !== '\r'),
      fc.stringMatching(/^[0-9a-f]{64}$/),
      (name, value) => {
        const escaped = name
          .replaceAll('\\', '\\\\')
          .replaceAll('\n', '\\n')
          .replaceAll('\r', '\\r');
        const line = `${escaped === name ? '' : '\\'}${value}  ${escaped}\n`;
        assert.equal(parseManifest('SHA256SUMS', line).get(name)?.value, value, line);
      }
    )
  );
});
