import assert from 'node:assert/strict';
import { test } from 'node:test';
import { discover } from '../../src/images/discovery.ts';
import type { CvmfsRepository } from '../../src/images/cvmfs/port.ts';
import { problem } from '../../src/core/problem.ts';
import { memoryRepository } from '../fakes/cvmfs/memory-repository.ts';
import { fqrn } from './cvmfs-setup.ts';

const { signal } = new AbortController();

test('more nested catalogs than the budget are not loaded, and that is said', async () => {
  const items = Array.from({ length: 230 }, (_, n) => [
    { path: `/p/x86_64/many/${n}/.cvmfscatalog`, content: '' },
    { path: `/p/x86_64/many/${n}/many.sif`, content: 'x' },
    { path: `/c/tool_${n}_20260101/.cvmfscatalog`, content: '' },
    { path: `/c/tool_${n}_20260101/tool_${n}_20260101.simg/bin/sh`, content: '' },
    { path: `/f/folder-${n}/.cvmfscatalog`, content: '' }
  ]).flat();
  const repository = memoryRepository(fqrn, items);
  const found = await discover(
    repository,
    [
      { path: '/c', layout: 'dated' },
      { path: '/f', layout: 'flat' },
      { path: '/p', layout: 'packages' }
    ],
    signal
  );
  assert.equal(repository.loaded.size, 200);
  // Dated names say enough to be believed; those of packages and folders do not.
  assert.equal(found.images.filter(image => image.name === 'tool').length, 230);
  assert.equal(found.images.filter(image => image.name === 'many').length, 180);
  assert.match(found.warnings.join(), /280 folders were not searched/);
});

test('100,000 names in one folder are listed, and a folder without end is cut', async () => {
  const row = (n: number) => ({
    name: `tool${n}`,
    nameBytes: Buffer.from(`tool${n}`),
    path: `/all/tool${n}`,
    type: 'file' as const,
    sizeBytes: 50_000,
    mtimeMs: 0,
    linkTarget: null,
    contentHash: null,
    chunked: false,
    hidden: false,
    external: false,
    isNestedMount: false,
    mode: 0o100644
  });
  let pages = 0;
  const endless: CvmfsRepository = {
    ...memoryRepository(fqrn, []),
    readdir: async (_path, { limit = 0 } = {}) => {
      pages += 1;
      const start = (pages - 1) * limit;
      return { entries: Array.from({ length: limit }, (_, n) => row(start + n)), more: true };
    }
  };
  const found = await discover(endless, [{ path: '/all', layout: 'flat' }], signal);
  assert.equal(found.images.length, 200_000);
  assert.ok(pages < 20);
  assert.match(found.warnings.join(), /Only the first 200000 images/);
});

test('the depth of each layout is kept: what lies deeper is not looked at', async () => {
  const repository = memoryRepository(fqrn, [
    { path: '/p/linux/x86_64/name/1.0/deeper/name.sif', content: 'x' },
    { path: '/f/deeper/x.sif', content: 'x' },
    { path: '/c/x_1_20260101/deeper/x_1_20260101.simg/bin/sh', content: '' },
    { path: '/t/a/b/c/d/tool:1', content: 'x' }
  ]);
  const found = await discover(
    repository,
    [
      { path: '/p', layout: 'packages' },
      { path: '/f', layout: 'flat' },
      { path: '/c', layout: 'dated' },
      { path: '/t', layout: 'tagged' }
    ],
    signal
  );
  assert.deepEqual(found.images, []);
});

test('folders of the root that are no registry are not searched for tags', async () => {
  const repository = memoryRepository(fqrn, [
    { path: '/registry.example.org/a/tool:1.0/bin/sh', content: '' },
    { path: '/registry.example.org:5000/b/tool:2.0/bin/sh', content: '' },
    { path: '/home/someone/tool:3.0/bin/sh', content: '' },
    { path: '/.metadata/registry.example.org/a/tool:1.0/manifest.json', content: '' }
  ]);
  const found = await discover(repository, [{ path: '/', layout: 'unpacked' }], signal);
  assert.deepEqual(
    found.images.map(({ name, version, kind }) => [name, version, kind]),
    [
      ['a/tool', '1.0', 'sandbox'],
      ['b/tool', '2.0', 'sandbox']
    ]
  );
});

test('a tampered object ends a discovery, it is not passed over', async () => {
  const repository: CvmfsRepository = {
    ...memoryRepository(fqrn, []),
    readdir: async () => {
      throw problem('object-tampered', 'The catalog does not match its hash.');
    }
  };
  await assert.rejects(discover(repository, [{ path: '/x', layout: 'flat' }], signal), {
    slug: 'object-tampered'
  });
});
