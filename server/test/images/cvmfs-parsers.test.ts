import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ProblemError } from '../../src/core/problem.ts';
import { digest, hashText, objectPath, parseHash } from '../../src/images/cvmfs/hash.ts';
import { parseManifest } from '../../src/images/cvmfs/manifest.ts';
import {
  bytesOfText,
  pathComponents,
  pathKey,
  textOfBytes
} from '../../src/images/cvmfs/path-bytes.ts';
import { parseWhitelist } from '../../src/images/cvmfs/whitelist.ts';
import { signManifest, signWhitelist } from '../fakes/cvmfs/repository-keys.ts';
import { fqrn, testKeys } from './cvmfs-setup.ts';

const hex = 'cd'.repeat(20);
const manifestLines = [
  `C${hex}`,
  'B4096',
  'Rd41d8cd98f00b204e9800998ecf8427e',
  'D240',
  'S7',
  'Gno',
  `N${fqrn}`,
  `X${hex}-shake128`,
  'T1795395285'
];
const manifest = (lines: readonly string[]): Buffer => signManifest(lines, 'sha1', testKeys());
const whitelist = (lines: readonly string[]): Buffer => signWhitelist(lines, 'sha1', testKeys());
const fingerprint = 'AB:'.repeat(19) + 'AB';
const whitelistLines = ['20261101000000', 'E20261201153000', `N${fqrn}`, `${fingerprint} # it`];

function slugOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof ProblemError, String(error));
    return error.slug;
  }
  return 'none';
}

/** Edits that keep most of a text whole: the interesting half of what can come in. */
function damaged(whole: Buffer): fc.Arbitrary<Uint8Array> {
  const at = fc.nat({ max: whole.length - 1 });
  return fc.oneof(
    fc.uint8Array({ maxLength: 700 }),
    at.map(length => whole.subarray(0, length)),
    fc
      .tuple(at, fc.uint8Array({ maxLength: 20 }))
      .map(([index, extra]) =>
        Buffer.concat([whole.subarray(0, index), extra, whole.subarray(index)])
      ),
    fc.tuple(at, fc.nat({ max: 255 })).map(([index, value]) => {
      const copy = Buffer.from(whole);
      copy[index] = value;
      return copy;
    })
  );
}

test('a manifest is read with all that counts', () => {
  const read = parseManifest(manifest(manifestLines), fqrn, 'host');
  assert.deepEqual(
    { ...read, signed: null },
    {
      fqrn,
      rootHash: { hex, algorithm: 'sha1' },
      certificateHash: { hex, algorithm: 'shake128' },
      revision: 7,
      ttlSeconds: 240,
      publishedAtMs: 1_795_395_285_000,
      signed: null
    }
  );
  assert.equal(read.signed.signature.byteLength, 256);
});

test('unknown letters do no harm and a repeated one overwrites', () => {
  const read = parseManifest(manifest([...manifestLines, 'Qwhat', 'S8']), fqrn, 'host');
  assert.equal(read.revision, 8);
});

test('a signature that holds line ends and dashes stays whole', () => {
  const bytes = Buffer.concat([
    manifest(manifestLines).subarray(0, -256),
    Buffer.from('\n--\n'.repeat(64))
  ]);
  const { signed } = parseManifest(bytes, fqrn, 'host');
  assert.equal(Buffer.from(signed.signature).toString(), '\n--\n'.repeat(64));
  assert.notEqual(signed.hashText, null);
});

test('what a manifest may lack, and what not', () => {
  const without = (letter: string): string =>
    slugOf(() =>
      parseManifest(manifest(manifestLines.filter(line => !line.startsWith(letter))), fqrn, 'h')
    );
  assert.deepEqual(
    {
      B: without('B'),
      T: without('T'),
      C: without('C'),
      D: without('D'),
      R: without('R'),
      S: without('S')
    },
    {
      B: 'none',
      T: 'none',
      C: 'upstream-garbled',
      D: 'upstream-garbled',
      R: 'upstream-garbled',
      S: 'upstream-garbled'
    }
  );
  assert.equal(without('N'), 'repository-not-trusted');
  assert.equal(without('X'), 'repository-not-trusted');
  const otherRoot = manifestLines.map(line => (line.startsWith('R') ? `R${'0'.repeat(32)}` : line));
  assert.equal(
    slugOf(() => parseManifest(manifest(otherRoot), fqrn, 'h')),
    'repository-not-trusted'
  );
  assert.equal(
    slugOf(() => parseManifest(Buffer.from('<html>'), fqrn, 'h')),
    'upstream-garbled'
  );
  assert.equal(
    slugOf(() => parseManifest(new Uint8Array(70_000), fqrn, 'h')),
    'upstream-garbled'
  );
});

test('a whitelist is read with all that counts', () => {
  const read = parseWhitelist(
    whitelist([...whitelistLines, `${fingerprint}-SHAKE128\tit`]),
    'host'
  );
  assert.equal(read.fqrn, fqrn);
  assert.equal(read.expiresAtMs, Date.UTC(2026, 11, 1, 15));
  assert.deepEqual(read.fingerprints, [
    { algorithm: 'sha1', hex: 'ab'.repeat(20) },
    { algorithm: 'shake128', hex: 'ab'.repeat(20) }
  ]);
});

test('a whitelist with a certificate chain is refused in so many words', () => {
  const lines = [...whitelistLines.slice(0, 3), 'Vpkcs7', 'W0', ...whitelistLines.slice(3)];
  assert.throws(() => parseWhitelist(whitelist(lines), 'host'), {
    slug: 'repository-not-trusted',
    message: /PKCS#7/
  });
});

for (const [name, expiry] of [
  ['month 13', 'E20261301000000'],
  ['hour 24', 'E20261201240000'],
  ['too short', 'E2026'],
  ['none', fingerprint]
] as const) {
  test(`a whitelist with a bad expiry is refused: ${name}`, () => {
    const lines = ['20261101000000', expiry, `N${fqrn}`, fingerprint];
    assert.equal(
      slugOf(() => parseWhitelist(whitelist(lines), 'host')),
      'repository-not-trusted'
    );
  });
}

test('parsers never throw anything but problems', () => {
  const wholeManifest = manifest(manifestLines);
  const wholeWhitelist = whitelist(whitelistLines);
  fc.assert(
    fc.property(damaged(wholeManifest), damaged(wholeWhitelist), (first, second) => {
      slugOf(() => parseManifest(first, fqrn, 'host'));
      slugOf(() => parseWhitelist(second, 'host'));
    }),
    { numRuns: process.env['PANOSC_LONG'] === '1' ? 100_000 : 2000 }
  );
});

test('hash texts name their object', () => {
  const shake = parseHash(`${hex}-shake128`);
  assert.ok(shake);
  assert.equal(hashText(shake), `${hex}-shake128`);
  assert.equal(objectPath(shake, 'C'), `data/cd/${hex.slice(2)}-shake128C`);
  for (const bad of [
    '',
    hex.toUpperCase(),
    hex.slice(1),
    `${hex}-md5`,
    `${hex}-rmd160x`,
    `../${hex}`
  ]) {
    assert.equal(parseHash(bad), null, bad);
  }
});

test('hashes of the empty string are the published ones', () => {
  const empty = new Uint8Array();
  assert.equal(digest(empty, 'sha1').hex, 'da39a3ee5e6b4b0d3255bfef95601890afd80709');
  assert.equal(digest(empty, 'rmd160').hex, '9c1185a5c5e9fc54612808977ee8f548b2258d31');
  assert.equal(digest(empty, 'shake128').hex, '7f9c2ba4e88f827d616045507605853ed73b8093');
});

test('any bytes become a text and come back', () => {
  const name = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.string({ unit: 'grapheme' }).map(text => Buffer.from(text)),
    fc.constantFrom(
      Buffer.from('latin1-\xe9.sif', 'latin1'),
      Buffer.from('\ufffd\xff'),
      Buffer.from([0xed, 0xb3, 0xa9])
    )
  );
  fc.assert(
    fc.property(name, bytes => {
      assert.deepEqual(bytesOfText(textOfBytes(bytes)), Buffer.from(bytes));
    }),
    { numRuns: 2000 }
  );
});

test('two names that differ in a bad byte differ as texts', () => {
  assert.notEqual(textOfBytes(Buffer.from([0xe9])), textOfBytes(Buffer.from([0xe8])));
  assert.equal(textOfBytes(Buffer.from('é')), 'é');
});

test('the key of the root is the MD5 of nothing', () => {
  const key = Buffer.alloc(16);
  key.writeBigInt64LE(pathKey([]).high, 0);
  key.writeBigInt64LE(pathKey([]).low, 8);
  assert.equal(key.toString('hex'), 'd41d8cd98f00b204e9800998ecf8427e');
});

test('paths are taken apart or refused', () => {
  assert.deepEqual(pathComponents(''), []);
  assert.deepEqual(pathComponents('//a//b/'), ['a', 'b']);
  for (const bad of ['a', '/a/../b', '/.', '/a\0', `/${'a'.repeat(5000)}`]) {
    assert.equal(
      slugOf(() => pathComponents(bad)),
      'path-not-allowed',
      bad
    );
  }
  assert.equal(
    slugOf(() => bytesOfText('\ud800')),
    'path-not-allowed'
  );
});
