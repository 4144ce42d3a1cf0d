import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import { migrate } from '../../src/store/database.ts';
import { FileStore } from '../../src/transfers/file-store.ts';
import { conflictOf, refuseNameConflicts } from '../../src/transfers/name-conflicts.ts';
import { refuses, sampleBytes } from '../conformance/transfer-backend.ts';
import { tempDir } from '../support/temp-dir.ts';
import { openServiceBench, PID } from './service-setup.ts';

const bytes = sampleBytes(20_000);
const request = { pid: PID, to: tempDir('name-conflicts') };

function listed(...names: string[]): FileStore {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  db.exec('PRAGMA foreign_keys = OFF');
  const files = new FileStore(db);
  const facts = { url: 'http://127.0.0.1/x', sizeBytes: null, checksum: null };
  files.add(
    't',
    0,
    names.map(name => ({ path: name, facts }))
  );
  // Another transfer is none of its business.
  files.add('u', 0, [{ path: names[0] ?? 'x', facts }]);
  return files;
}

test('a file and a folder of one name are refused before anything is pulled, both named', async t => {
  const bench = await openServiceBench(t, { files: { a: bytes, 'a/b': bytes, 'c.h5': bytes } });
  const failed = await bench.reaches(await bench.start({ pid: PID }), 'failed');
  assert.equal(failed.problem?.type, '/problems/bad-file-name');
  assert.match(failed.problem.detail, /"a" and "a\/b": one name cannot be a file and a folder\./);
  assert.deepEqual(readdirSync(bench.data), []);
  assert.ok(!bench.faulty.requests.some(({ path: asked }) => asked === '/data/set/c.h5'));
  const part = await bench.start({ pid: PID, only: '*.h5' });
  await bench.reaches(part, 'verified');
});

test('names that differ in case are refused where the disk takes them for one', async t => {
  const bench = await openServiceBench(t, { files: { 'Scan.h5': bytes, 'scan.h5': bytes } });
  mkdirSync(path.join(bench.data, 'Probe'));
  const isCaseless = existsSync(path.join(bench.data, 'probe'));
  const id = await bench.start({ pid: PID });
  const ended = await bench.reaches(id, isCaseless ? 'failed' : 'verified');
  if (isCaseless) {
    assert.equal(ended.problem?.type, '/problems/bad-file-name');
  } else {
    assert.deepEqual(readdirSync(path.join(bench.data, 'Scan')), ['Scan.h5', 'scan.h5']);
  }
  assert.deepEqual(readdirSync(bench.data).sort(), isCaseless ? ['Probe'] : ['Probe', 'Scan']);
});

test('on a disk that folds names, only what it folds is refused', async () => {
  const caseless = (name: string): string => name.toLowerCase();
  const composed = (name: string): string => name.normalize('NFC');
  const asIs = (name: string): string => name;
  const twoCases = listed('sub/Scan.h5', 'x', 'sub/scan.h5');
  const twoForms = listed('caf\u00e9.h5', 'cafe\u0301.h5', 'x');
  const on = (files: FileStore, fold: (name: string) => string) =>
    refuseNameConflicts(files, 't', request, () => Promise.resolve(fold));
  const refused = await refuses(on(twoCases, caseless), 'bad-file-name');
  assert.match(refused.message, /"sub\/Scan\.h5" and "sub\/scan\.h5", which are one name/);
  await refuses(on(twoForms, composed), 'bad-file-name');
  await on(twoCases, composed);
  await on(twoForms, caseless);
  await on(twoCases, asIs);
  await refuses(on(listed('A', 'a/b', 'a/c'), caseless), 'bad-file-name');
  await on(listed('A/x', 'a/y'), caseless);
});

test('the disk is only asked about lists that it could take for one', async () => {
  const never = (): never => assert.fail('asked');
  await refuseNameConflicts(listed('a/b', 'a/c', 'ab', 'a.h5', 'a b'), 't', request, never);
  await refuses(refuseNameConflicts(listed('x', 'x'), 't', request, never), 'bad-file-name');
});

test('a folder that cannot be is told as such', async () => {
  const to = path.join(process.execPath, 'data');
  await refuses(refuseNameConflicts(listed('A', 'a'), 't', { pid: PID, to }), 'target-exists');
});

test('a conflict is found exactly when two paths cannot both be files', () => {
  const name = fc.constantFrom('a', 'b', 'a!', 'a b', 'a.', 'A', '\u00e9', 'a~');
  const paths = fc.array(name, { minLength: 1, maxLength: 3 }).map(parts => parts.join('/'));
  fc.assert(
    fc.property(fc.array(paths, { minLength: 1, maxLength: 8 }), all => {
      const isInTheWay = all.some((one, at) =>
        all.some((other, index) => at !== index && (other === one || other.startsWith(`${one}/`)))
      );
      const found = conflictOf(listed(...all), 't');
      assert.equal(found !== null, isInTheWay);
      if (found !== null) {
        assert.ok(all.includes(found.first) && all.includes(found.second));
      }
    })
  );
});
