import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { ProblemError } from '../../src/core/problem.ts';
import type { SifDescriptor } from '../../src/images/sif/descriptor.ts';
import { readSif } from '../../src/images/sif/reader.ts';
import { sourceOfBytes } from '../../src/images/sif/source.ts';

/** What the reference library (sif/v2) says about each of these files. */
interface ExpectedDescriptor {
  readonly id: number;
  readonly typeCode: number;
  readonly group: number;
  readonly link: number;
  readonly linkIsGroup: boolean;
  readonly offset: number;
  readonly size: number;
  readonly name: string;
  readonly createdAt: number;
  readonly sha256?: string | null;
  readonly fs?: string;
  readonly part?: string;
  readonly partArch?: string;
  readonly fingerprint?: string;
}
interface Expected {
  readonly file: string;
  readonly load: string;
  readonly id?: string;
  readonly arch?: string;
  readonly launch?: string;
  readonly createdAt?: number;
  readonly modifiedAt?: number;
  readonly descriptorsTotal?: number;
  readonly descriptorsFree?: number;
  readonly descriptorsOffset?: number;
  readonly descriptorsSize?: number;
  readonly dataOffset?: number;
  readonly dataSize?: number;
  readonly descriptors?: readonly ExpectedDescriptor[] | null;
}

const folder = path.resolve(import.meta.dirname, '../../../../shared/fixtures/sif');

/** Files that the reference loads although an object lies outside of them; we are stricter. */
const stricter: Readonly<Record<string, RegExp>> = {
  'bad-negative-object-offset.sif': /damaged/,
  'bad-object-size-beyond-eof.sif': /truncated/,
  'bad-truncated-data.sif': /truncated/
};
/** How we name what the reference cannot load. */
const refusals: Readonly<Record<string, RegExp>> = {
  'bad-empty-file.sif': /an empty file/,
  'bad-html-error-page.sif': /an HTML page/,
  'bad-huge-descriptor-count.sif': /impossible number/,
  'bad-magic.sif': /magic number/,
  'bad-negative-descriptor-count.sif': /impossible number/,
  'bad-not-sif-text.sif': /a text file/,
  'bad-truncated-descriptors.sif': /truncated/,
  'bad-truncated-header.sif': /too short/,
  'bad-version-02.sif': /version/,
  'raw-squashfs-not-sif.sqfs': /a bare squashfs file system/
};

const unknownArch = (text: string | undefined): string | null =>
  text === undefined || text === 'unknown' ? null : text;

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function compareDescriptor(
  bytes: Uint8Array,
  ours: SifDescriptor | undefined,
  expected: ExpectedDescriptor
): void {
  assert.ok(ours);
  assert.deepEqual(
    {
      id: ours.id,
      typeCode: ours.typeCode,
      group: ours.group,
      link: ours.link,
      linkIsGroup: ours.isLinkToGroup,
      offset: ours.offset,
      size: ours.sizeBytes,
      name: ours.name,
      createdAt: ours.createdAtSeconds,
      isPrimary: ours.partition === 'primary'
    },
    {
      id: expected.id,
      typeCode: expected.typeCode,
      group: expected.group,
      link: expected.link,
      linkIsGroup: expected.linkIsGroup,
      offset: expected.offset,
      size: expected.size,
      name: expected.name,
      createdAt:
        expected.createdAt === -62_135_596_800 ? ours.createdAtSeconds : expected.createdAt,
      isPrimary: expected.part === '*System'
    }
  );
  if (expected.partArch !== undefined) {
    assert.equal(ours.architecture, unknownArch(expected.partArch));
  }
  if (expected.fingerprint !== undefined) {
    assert.equal(ours.fingerprint ?? '', expected.fingerprint.toUpperCase());
  }
  assert.equal(sha256(bytes.subarray(ours.offset, ours.offset + ours.sizeBytes)), expected.sha256);
}

async function compareFile(bytes: Uint8Array, expected: Expected): Promise<void> {
  const image = await readSif(sourceOfBytes(bytes));
  const { header } = image;
  assert.equal(header.id, expected.id);
  assert.equal(header.architecture, unknownArch(expected.arch));
  assert.equal(header.launchScript, expected.launch);
  assert.equal(header.descriptorsTotal, expected.descriptorsTotal);
  assert.equal(header.descriptorsFree, expected.descriptorsFree);
  assert.equal(header.descriptorsOffset, expected.descriptorsOffset);
  assert.equal(header.descriptorsBytes, expected.descriptorsSize);
  assert.equal(header.dataOffset, expected.dataOffset);
  assert.equal(header.dataBytes, expected.dataSize);
  const wanted = expected.descriptors ?? [];
  assert.equal(image.descriptors.length, wanted.length);
  for (const [index, descriptor] of wanted.entries()) {
    compareDescriptor(bytes, image.descriptors[index], descriptor);
  }
}

async function refusalOf(bytes: Uint8Array): Promise<string> {
  try {
    await readSif(sourceOfBytes(bytes));
  } catch (error) {
    assert.ok(error instanceof ProblemError);
    return error.message;
  }
  return assert.fail('was read');
}

for (const set of ['own', 'upstream']) {
  test(`the reader agrees with the reference library about every file in ${set}`, async t => {
    const list = path.join(folder, set, 'expected.json');
    if (!existsSync(list)) {
      t.skip('the reference files of SIF are not here');
      return;
    }
    const files = JSON.parse(readFileSync(list, 'utf8')) as Expected[];
    assert.ok(files.length >= 10);
    for (const expected of files) {
      await t.test(expected.file, async () => {
        const bytes = readFileSync(path.join(folder, set, expected.file));
        const sentence =
          stricter[expected.file] ?? (expected.load === 'ok' ? null : refusals[expected.file]);
        if (sentence === null) {
          await compareFile(bytes, expected);
        } else {
          assert.ok(sentence, 'a refusal without an expected sentence');
          assert.match(await refusalOf(bytes), sentence);
        }
      });
    }
  });
}
