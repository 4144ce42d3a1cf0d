import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { localPathOf, MountedFiles } from '../../src/datasets/mounted-files.ts';
import { tempDir } from '../support/temp-dir.ts';

test('a file is here when the rule leads to a file of the listed size', async () => {
  const folder = tempDir('mounted');
  mkdirSync(path.join(folder, 'ma42', 'folder'), { recursive: true });
  writeFileSync(path.join(folder, 'ma42', 'a.h5'), '12345');
  symlinkSync('a.h5', path.join(folder, 'ma42', 'link.h5'));
  const mounted = new MountedFiles([{ prefix: '/data/visitor/', folder }], () => 0);
  const at = (name: string, sizeBytes: number | null) => ({
    path: `/data/visitor/ma42/${name}`,
    sizeBytes
  });
  assert.deepEqual(
    await mounted.find([
      at('a.h5', 5),
      at('link.h5', 5),
      at('a.h5', null),
      at('a.h5', 6),
      at('b.h5', 5),
      at('folder', null),
      { path: '/elsewhere/ma42/a.h5', sizeBytes: 5 }
    ]),
    [
      path.join(folder, 'ma42', 'a.h5'),
      path.join(folder, 'ma42', 'link.h5'),
      path.join(folder, 'ma42', 'a.h5'),
      null,
      null,
      null,
      null
    ]
  );
});

test('a disk that is not mounted has nothing', async () => {
  const rules = [{ prefix: '/data/', folder: '/nowhere-at-all' }];
  const found = await new MountedFiles(rules, () => 0).find([{ path: '/data/a', sizeBytes: 1 }]);
  assert.deepEqual(found, [null]);
});

test('no path of a catalogue leads out of the folder of its rule', () => {
  const rules = [{ prefix: '/data/', folder: '/mnt/data' }];
  const part = fc.oneof(fc.constantFrom('..', '.', '', 'a', '\0', '...'), fc.string());
  fc.assert(
    fc.property(fc.array(part), parts => {
      const local = localPathOf(`/data/${parts.join('/')}`, rules);
      assert.ok(local === null || local.startsWith('/mnt/data/') || local === '/mnt/data');
    })
  );
});
