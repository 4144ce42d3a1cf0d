import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { belowFolder, locate, sharedFolder } from '../../src/datasets/locate.ts';

const rule = { file_url: 'https://data.example.org/base/{path}', strip_prefix: '/data' };

it('keeps every located file below the base address, whatever the catalogue lists', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), path => {
      try {
        const { url, relativePath } = locate(rule, { path });
        assert.ok(new URL(url ?? '').href.startsWith('https://data.example.org/base/'));
        assert.ok(!relativePath.startsWith('/') && !relativePath.split('/').includes('..'));
      } catch (error) {
        assert.equal((error as { slug?: string }).slug, 'bad-file-name');
      }
    })
  );
});

it('does not read dollar signs of a name as a pattern', () => {
  assert.equal(
    locate(rule, { path: '/data/$&/x.h5' }).url,
    'https://data.example.org/base/%24%26/x.h5'
  );
});

it('understands catalogues that list the folder of a file, and those that list its path', () => {
  for (const [path, name] of [
    ['/data/a/x.h5', 'x.h5'],
    ['/data/a', 'x.h5'],
    ['/data/a/', 'x.h5'],
    ['/data/a/x.h5', null]
  ]) {
    assert.equal(locate(rule, { path, name }).relativePath, 'a/x.h5', `${path} ${name}`);
  }
  assert.equal(locate(rule, { path: '', name: 'x.h5' }).relativePath, 'x.h5');
  assert.equal(locate(rule, { path: 'x.h5', name: 'x.h5' }).relativePath, 'x.h5');
});

it('knows no address where the profile has no rule', () => {
  const { relativePath, url } = locate({ strip_prefix: '/data' }, { path: '/data/a/x.h5' });
  assert.deepEqual([relativePath, url], ['a/x.h5', null]);
});

it('cuts the folder that all files share, and never makes two files collide', () => {
  const paths = ['a/b/raw/1.h5', 'a/b/raw/2.h5', 'a/b/proc/1.h5'];
  const folder = sharedFolder(paths);
  assert.deepEqual(folder, ['a', 'b']);
  assert.deepEqual(
    paths.map(path => belowFolder(path, folder)),
    ['raw/1.h5', 'raw/2.h5', 'proc/1.h5']
  );
  assert.equal(belowFolder('z/1.h5', folder), 'z/1.h5');
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.stringMatching(/^[ab]\/[ab]\/[abc]$/), { minLength: 1 }),
      many => {
        const cut = many.map(path => belowFolder(path, sharedFolder(many)));
        assert.equal(new Set(cut).size, many.length);
      }
    )
  );
});
