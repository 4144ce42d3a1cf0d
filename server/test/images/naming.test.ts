import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { mayBeImage, nameOfDated, nameOfFile, nameOfTag } from '../../src/images/naming.ts';
import { compareVersions, versionKey } from '../../src/images/versions.ts';

const newestFirst = (versions: readonly string[]): string[] =>
  versions.toSorted((a, b) => compareVersions(versionKey(b), versionKey(a)));

test('versions are compared as numbers, early ones come before the real one', () => {
  const wanted = [
    'latest',
    '2026.1',
    '10.0',
    'v2.10.1',
    '2.10.0',
    '2.10.0-rc2',
    '2.10.0-rc1',
    '2.10.0-beta',
    '2.10.0.dev3',
    '2.9.12',
    '2.9',
    '2.9-alpha'
  ];
  assert.deepEqual(newestFirst(wanted.toReversed()), wanted);
});

test('comparing versions is a total order, whatever they look like', () => {
  const version = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc
      .array(fc.constantFrom('1', '02', '10', '.', '-', 'rc', 'v', 'a', '+'), { maxLength: 6 })
      .map(parts => parts.join(''))
  );
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      const [ka, kb, kc] = [versionKey(a), versionKey(b), versionKey(c)];
      assert.equal(Math.sign(compareVersions(ka, kb)), -Math.sign(compareVersions(kb, ka)) + 0);
      if (compareVersions(ka, kb) <= 0 && compareVersions(kb, kc) <= 0) {
        assert.ok(compareVersions(ka, kc) <= 0);
      }
    })
  );
});

test('names and versions come from the usual patterns', () => {
  const cases: readonly (readonly [string, string, string | null])[] = [
    ['pyfai_2024.9.sif', 'pyfai', '2024.9'],
    ['xrd-tools-2.1.0.simg', 'xrd-tools', '2.1.0'],
    ['tool_v3.sif', 'tool', '3'],
    ['plain.sqfs', 'plain', null],
    ['bwa:0.7.17--h5bf99c6_8', 'bwa', '0.7.17--h5bf99c6_8'],
    ['a b.sif', 'a b', null],
    ['.sif', '', null]
  ];
  for (const [file, name, version] of cases) {
    assert.deepEqual(nameOfFile(file), { name, version });
  }
  assert.deepEqual(nameOfTag('host:5000/org/tool:1'), { name: 'host:5000/org/tool', version: '1' });
  assert.deepEqual(nameOfDated('x_y_1.2_20260301'), { name: 'x_y', version: '1.2' });
  assert.equal(nameOfDated('x_1.2'), null);
});

test('files that lie beside images are not taken for images', () => {
  for (const name of ['README', 'commands.txt', 'run.sh', '.hidden.sif', 'LICENSE']) {
    assert.equal(mayBeImage(name, 50_000), false, name);
  }
  assert.equal(mayBeImage('bwa:0.7.17--h5bf99c6_8', 50_000), true);
  assert.equal(mayBeImage('bwa:0.7.17--h5bf99c6_8', 500), false);
  assert.equal(mayBeImage('small.sif', 55), true);
});
