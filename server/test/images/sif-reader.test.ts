import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ProblemError } from '../../src/core/problem.ts';
import { readSif } from '../../src/images/sif/reader.ts';
import { sourceOfBytes, type SifSource } from '../../src/images/sif/source.ts';
import { makeSif, makeSifOf } from '../fakes/sif/writer.ts';

const sample = makeSif({
  definition: 'Bootstrap: scratch\n%post\n    true\n',
  labels: { 'org.opencontainers.image.title': 'bragg', 'org.opencontainers.image.version': '1.2' },
  help: 'Finds peaks.',
  environment: 'export A=1\n',
  architecture: 'arm64',
  extra: [
    { type: 'signature', bytes: Buffer.from('x'), fingerprint: 'ab'.repeat(20) },
    { type: 'signature', bytes: Buffer.from('{}') },
    { type: 'sbom', bytes: Buffer.from('{}'), sbomFormat: 4 }
  ]
});

const refusal = async (bytes: Uint8Array): Promise<string> => {
  const error: unknown = await readSif(sourceOfBytes(bytes)).then(
    () => assert.fail('was read'),
    (thrown: unknown) => thrown
  );
  assert.ok(error instanceof ProblemError);
  assert.equal(error.slug, 'image-not-readable');
  return error.message;
};

/** A copy with one 64-bit field changed. */
const withField = (offset: number, value: bigint): Uint8Array => {
  const copy = Buffer.from(sample);
  copy.writeBigInt64LE(value, offset);
  return copy;
};

test('labels, definition file, help, environment and signatures are read', async () => {
  const image = await readSif(sourceOfBytes(sample));
  assert.deepEqual(image.metadata.labels, {
    'org.opencontainers.image.title': 'bragg',
    'org.opencontainers.image.version': '1.2'
  });
  assert.equal(image.metadata.definition, 'Bootstrap: scratch\n%post\n    true\n');
  assert.equal(image.metadata.help, 'Finds peaks.');
  assert.match(image.metadata.environment ?? '', /export A=1/);
  assert.equal(image.metadata.note, null);
  assert.equal(image.architecture, 'arm64');
  assert.equal(image.isEncrypted, false);
  assert.deepEqual(
    image.signatures.map(signature => signature.fingerprint),
    ['AB'.repeat(20), null]
  );
  assert.deepEqual(image.sbomFormats, ['SPDX JSON']);
});

test("the partition's architecture counts, not the header's", async () => {
  const copy = Buffer.from(sample);
  copy.write('02', 45, 'latin1');
  const image = await readSif(sourceOfBytes(copy));
  assert.equal(image.header.architecture, 'amd64');
  assert.equal(image.architecture, 'arm64');
});

test('an encrypted payload is recognised', async () => {
  for (const fileSystem of [5, 6]) {
    const bytes = makeSifOf([{ type: 'partition', bytes: Buffer.alloc(64), fileSystem }]);
    assert.equal((await readSif(sourceOfBytes(bytes))).isEncrypted, true);
  }
});

test('labels that want to do harm are plain short text', async () => {
  const labels: unknown = JSON.parse(
    '{"__proto__":"own","a\\u202eb":"x\\u0000\\u202ey\\nz","long":"' +
      'q'.repeat(20_000) +
      '","n":7,"t":true,"deep":{"a":1},"list":[1],"":"none"}'
  );
  const { metadata } = await readSif(sourceOfBytes(makeSif({ labels })));
  assert.deepEqual(Object.keys(metadata.labels).sort(), ['__proto__', 'ab', 'long', 'n', 't']);
  assert.equal(metadata.labels['ab'], 'xy z');
  assert.equal(metadata.labels['long']?.length, 500);
  assert.equal(metadata.labels['n'], '7');
  assert.equal(({} as Record<string, unknown>)['own'], undefined);
  assert.equal(Object.getPrototypeOf(metadata.labels), Object.prototype);
});

test('metadata that is no JSON, and none at all, are said', async () => {
  const broken = makeSifOf([
    { type: 'json', name: 'inspect-metadata.json', bytes: Buffer.from('{"data":') },
    { type: 'partition', bytes: Buffer.alloc(8) }
  ]);
  assert.match((await readSif(sourceOfBytes(broken))).metadata.note ?? '', /not JSON/);
  const none = makeSifOf([{ type: 'partition', bytes: Buffer.alloc(8) }]);
  assert.match((await readSif(sourceOfBytes(none))).metadata.note ?? '', /no metadata/);
  const empty = await readSif(sourceOfBytes(makeSifOf([])));
  assert.match(empty.metadata.note ?? '', /no partition/);
});

test('labels and environment objects of their own are understood', async () => {
  const bytes = makeSifOf([
    { type: 'labels', bytes: Buffer.from('{"k":"v"}') },
    { type: 'environment', bytes: Buffer.from('export B=2') },
    { type: 'partition', bytes: Buffer.alloc(8) }
  ]);
  const { metadata } = await readSif(sourceOfBytes(bytes));
  assert.deepEqual(metadata.labels, { k: 'v' });
  assert.equal(metadata.environment, 'export B=2');
});

test('a file that is something else is named', async () => {
  const ext3 = Buffer.alloc(4096);
  ext3.writeUInt16LE(0xef53, 1080);
  const cases: readonly (readonly [Uint8Array, RegExp])[] = [
    [Buffer.alloc(0), /empty file/],
    [Buffer.from('<!DOCTYPE html><h1>404</h1>'), /HTML page/],
    [Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0\n'), /Git-LFS pointer/],
    [Buffer.concat([Buffer.from('hsqs'), Buffer.alloc(4092)]), /bare squashfs/],
    [ext3, /ext3/],
    [Buffer.from('just words'), /a text file/],
    [sample.subarray(0, 100), /too short/],
    [Buffer.alloc(500, 1), /magic number/],
    [withField(42, 0x3230n), /version/]
  ];
  for (const [bytes, sentence] of cases) {
    assert.match(await refusal(bytes), sentence);
  }
});

test('impossible numbers are refused, and a cut file is called truncated', async () => {
  assert.match(await refusal(withField(88, 2n ** 40n)), /impossible number/);
  assert.match(await refusal(withField(88, -1n)), /impossible number/);
  assert.match(await refusal(withField(96, -4096n)), /table of contents/);
  assert.match(await refusal(withField(104, 2n ** 62n)), /table of contents/);
  assert.match(await refusal(withField(96, 10n ** 9n)), /truncated/);
  assert.match(await refusal(withField(4096 + 17, -4096n)), /impossible place/);
  assert.match(await refusal(withField(4096 + 25, 2n ** 50n)), /truncated/);
  assert.match(await refusal(withField(4096 + 25, 2n ** 63n - 1n)), /impossible place/);
  assert.match(await refusal(sample.subarray(0, 5000)), /truncated/);
  assert.match(await refusal(sample.subarray(0, 33_000)), /truncated/);
});

test('the first 64 KB are enough, and what lies beyond is said', async () => {
  const big = makeSif({ labels: { a: 'b' }, payload: Buffer.alloc(200_000) });
  const head = (bytes: Uint8Array, have: number): SifSource => ({
    sizeBytes: bytes.byteLength,
    readAt: (offset, length) =>
      Promise.resolve(bytes.subarray(offset, Math.min(offset + length, have)))
  });
  assert.equal((await readSif(head(big, 65_536))).metadata.labels['a'], 'b');
  assert.match((await readSif(head(big, 32_200))).metadata.note ?? '', /previewed/);
  await assert.rejects(readSif(head(big, 10_000)), /first bytes/);
});

/** Reads only what was asked for and remembers how much that was. */
function countingSource(bytes: Uint8Array): SifSource & { asked: number } {
  return {
    asked: 0,
    sizeBytes: bytes.byteLength,
    readAt(offset, length) {
      this.asked += length;
      return Promise.resolve(bytes.subarray(offset, offset + length));
    }
  };
}

const runs = process.env['PANOSC_LONG'] === '1' ? 20_000 : 500;

async function readsOrRefuses(bytes: Uint8Array): Promise<void> {
  const source = countingSource(bytes);
  try {
    const image = await readSif(source);
    assert.ok(image.descriptors.length <= 65_536);
  } catch (error) {
    assert.ok(error instanceof ProblemError, String(error));
  }
  assert.ok(source.asked <= 4 * bytes.byteLength + 65_536, `asked for ${source.asked} bytes`);
}

test('random bytes are read or refused, never worse', async () => {
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), readsOrRefuses), {
    numRuns: runs
  });
});

test('mutated images are read or refused, never worse', async () => {
  const interesting = fc.oneof(
    fc.integer({ min: 32, max: 127 }),
    fc.integer({ min: 4096, max: 4096 + 6 * 585 }),
    fc.integer({ min: 0, max: sample.byteLength - 1 })
  );
  const mutation = fc.tuple(interesting, fc.integer({ min: 0, max: 255 }));
  await fc.assert(
    fc.asyncProperty(
      fc.array(mutation, { minLength: 1, maxLength: 12 }),
      fc.option(fc.nat(sample.byteLength)),
      async (mutations, cutAt) => {
        const copy = Buffer.from(sample);
        for (const [at, value] of mutations) {
          copy[at] = value;
        }
        await readsOrRefuses(cutAt === null ? copy : copy.subarray(0, cutAt));
      }
    ),
    { numRuns: runs }
  );
});
