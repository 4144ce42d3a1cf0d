import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { findMounted, localPathOf } from '../../src/datasets/mounted-files.ts';
import { tempDir } from '../support/temp-dir.ts';

test('a file is here when the rule leads to a file of the listed size', async () => {
  const folder = tempDir('mounted');
  mkdirSync(path.join(folder, 'ma42', 'folder'), { recursive: true });
  writeFileSync(path.join(folder, 'ma42', 'a.h5'), '12345');
  symlinkSync('a.h5', path.join(folder, 'ma42', 'link.h5'));
  const rules = [{ prefix: '/data/visitor/', folder }];
  const at = (name: string, sizeBytes: number | null) => ({
    path: `/data/visitor/ma42/${name}`,
    sizeBytes
  });
  assert.deepEqual(
    await findMounted(
      [
        at('a.h5', 5),
        at('link.h5', 5),
        at('a.h5', null),
        at('a.h5', 6),
        at('b.h5', 5),
        at('folder', null),
        { path: '/elsewhere/ma42/a.h5', sizeBytes: 5 }
      ],
      rules
    ),
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
  const found = await findMounted([{ path: '/data/a', sizeBytes: 1 }], rules);
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

test('the rule with the longest prefix decides', () => {
  const rules = [
    { prefix: '/data/', folder: '/a' },
    { prefix: '/data/visitor/', folder: '/b' }
  ];
  assert.equal(localPathOf('/data/visitor/x', rules), '/b/x');
  assert.equal(localPathOf('/data/visitor-private/x', rules), '/a/visitor-private/x');
});

test('two lists at once both find what is there', async () => {
  const rules = [{ prefix: '/both/', folder: '/mnt/both' }];
  const look = (): Promise<{ isFile(): boolean; size: number }> =>
    new Promise(resolve => setImmediate(resolve, { isFile: () => true, size: 1 }));
  const files = ['a', 'b'].map(name => ({ path: `/both/${name}`, sizeBytes: 1 }));
  const lists = await Promise.all([1, 2].map(() => findMounted(files, rules, look)));
  assert.deepEqual(
    lists,
    [files, files].map(list => list.map(f => f.path.replace('/both', '/mnt/both')))
  );
});

test('a disk that hangs is asked once, and again when it has answered', async () => {
  const { promise, resolve } = Promise.withResolvers<{ isFile(): boolean; size: number }>();
  let asked = 0;
  const rules = [{ prefix: '/lost/', folder: '/mnt/lost' }];
  const look = (): typeof promise => {
    asked += 1;
    return promise;
  };
  const files = ['a', 'b', 'c'].map(name => ({ path: `/lost/${name}`, sizeBytes: 1 }));
  assert.deepEqual(await findMounted(files, rules, look), [null, null, null]);
  assert.deepEqual(await findMounted(files, rules, look), [null, null, null]);
  assert.equal(asked, 1, 'one thread, however many lists are asked for');
  resolve({ isFile: () => true, size: 1 });
  await promise;
  await new Promise(setImmediate);
  assert.equal((await findMounted(files, rules, look)).filter(found => found !== null).length, 3);
});
