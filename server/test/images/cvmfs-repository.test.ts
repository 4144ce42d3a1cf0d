import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeSite, reader } from './cvmfs-setup.ts';
import { big, items, MEGABYTE } from './cvmfs-tree.ts';

const names = (page: { entries: readonly { name: string }[] }): string[] =>
  page.entries.map(({ name }) => name);

test('a folder is listed in the order of its bytes, without what is hidden', async t => {
  const { server } = await makeSite(t, items);
  const page = await reader(t, [server]).readdir('/images');
  assert.deepEqual(names(page), [
    'B.sif',
    'a.sif',
    'empty',
    'latest',
    'latin1-\udce9.sif',
    'outside',
    'pipe',
    'ä.sif'
  ]);
  assert.equal(page.more, false);
  const [first, second] = page.entries;
  assert.equal(first?.contentHash?.length, 40);
  assert.deepEqual(second, {
    name: 'a.sif',
    nameBytes: Buffer.from('a.sif'),
    path: '/images/a.sif',
    type: 'file',
    sizeBytes: 1,
    mtimeMs: 1_772_366_400_000,
    linkTarget: null,
    contentHash: second?.contentHash,
    chunked: false,
    hidden: false,
    external: false,
    isNestedMount: false,
    mode: 0o100_755
  });
});

test('pages join to the whole, whatever their size', async t => {
  const { server } = await makeSite(t, items);
  const repository = reader(t, [server]);
  const all = names(await repository.readdir('/images'));
  for (const limit of [1, 3, 8, 9]) {
    const found: string[] = [];
    let after = '';
    for (let more = true; more;) {
      const page = await repository.readdir('/images', { after, limit });
      found.push(...names(page));
      after = found.at(-1) ?? '';
      more = page.more;
    }
    assert.deepEqual(found, all, `pages of ${limit}`);
  }
});

test('a name that is not UTF-8 can be looked up and read', async t => {
  const { server } = await makeSite(t, items);
  const repository = reader(t, [server]);
  const entry = await repository.stat('/images/latin1-\udce9.sif');
  assert.deepEqual(Buffer.from(entry?.nameBytes ?? []), Buffer.from('latin1-\xe9.sif', 'latin1'));
  const bytes = await repository.readFile(entry?.path ?? '', 10);
  assert.equal(Buffer.from(bytes).toString(), 'latin');
});

test('entries are told apart by kind', async t => {
  const { server } = await makeSite(t, items);
  const repository = reader(t, [server]);
  const kind = async (file: string): Promise<string | undefined> =>
    (await repository.stat(file))?.type;
  assert.equal(await kind('/'), 'dir');
  assert.equal(await kind('/images/pipe'), 'special');
  assert.equal(await kind('/images/latest'), 'link');
  assert.equal((await repository.stat('/images/latest'))?.linkTarget, 'a.sif');
  assert.equal((await repository.stat('/images/hidden'))?.hidden, true);
  assert.equal((await repository.stat('/images/outside'))?.external, true);
  assert.equal((await repository.stat('/nested'))?.isNestedMount, true);
  assert.equal(await repository.stat('/images/no'), null);
});

test('nested catalogs come only when a path leads into them', async t => {
  const { server } = await makeSite(t, items);
  const repository = reader(t, [server]);
  await repository.readdir('/');
  await repository.readdir('/nested-not');
  await repository.stat('/nested');
  const catalogs = (): number => server.requests.filter(file => file.endsWith('C')).length;
  assert.equal(catalogs(), 1);
  assert.deepEqual(names(await repository.readdir('/nested')), ['.cvmfscatalog', 'inner']);
  assert.equal(catalogs(), 2);
  assert.deepEqual(names(await repository.readdir('/nested/inner/deep')), ['x.sif']);
  assert.equal(catalogs(), 3);
  assert.equal(
    Buffer.from(await repository.readFile('/nested/inner/deep/x.sif', 9)).toString(),
    'deep'
  );
  assert.equal(catalogs(), 3);
});

test('what is no folder cannot be listed', async t => {
  const { server } = await makeSite(t, items);
  const repository = reader(t, [server]);
  await assert.rejects(repository.readdir('/no'), { slug: 'image-not-found' });
  await assert.rejects(repository.readdir('/images/a.sif'), { slug: 'image-not-found' });
  await assert.rejects(repository.readdir('/../etc'), { slug: 'path-not-allowed' });
});

test('links are followed inside the repository only', async t => {
  const { server } = await makeSite(t, items);
  const repository = reader(t, [server]);
  const end = async (file: string): Promise<string> => (await repository.resolve(file)).path;
  assert.equal(await end('/images/latest'), '/images/a.sif');
  assert.equal(await end('/links/inside/deep/x.sif'), '/nested/inner/deep/x.sif');
  assert.equal(await end('/links/root/images/latest'), '/images/a.sif');
  assert.equal(await end('/links/root'), '/');
  assert.equal(await end('/links/variant'), '/images/a.sif');
  for (const file of ['out', 'climb', 'other', 'prefix', 'loop-a']) {
    await assert.rejects(end(`/links/${file}`), { slug: 'path-not-allowed' }, file);
  }
  for (const file of ['nowhere', 'empty', 'variant-bare', 'file-as-folder', 'inside/no', 'no']) {
    await assert.rejects(end(`/links/${file}`), { slug: 'image-not-found' }, file);
  }
});

for (const isPacked of [true, false]) {
  test(`a file in chunks is read whole (${isPacked ? 'packed' : 'as is'})`, async t => {
    const { server } = await makeSite(t, items, { chunkBytes: MEGABYTE, isPacked });
    const repository = reader(t, [server]);
    const entry = await repository.stat('/big/big.sif');
    assert.equal(entry?.chunked, true);
    assert.equal(entry.contentHash, null);
    assert.equal(entry.sizeBytes, big.length);
    assert.ok(Buffer.from(await repository.readFile('/big/big.sif', big.length)).equals(big));
    await assert.rejects(repository.readFile('/big/big.sif', big.length - 1), {
      slug: 'image-not-readable'
    });
  });

  test(`the start of a large object comes without the rest (${isPacked ? 'packed' : 'as is'})`, async t => {
    const { server } = await makeSite(t, items, { isPacked });
    const repository = reader(t, [server]);
    await repository.open();
    const before = server.bytesSent;
    const head = await repository.readHead('/big/big.sif', 65_536);
    assert.ok(Buffer.from(head.bytes).equals(big.subarray(0, 65_536)));
    assert.equal(head.verified, false);
    assert.equal(head.totalBytes, big.length);
    assert.ok(server.bytesSent - before < 100_000, `${server.bytesSent - before} bytes came`);
    await repository.readFile('/big/big.sif', big.length);
    assert.equal((await repository.readHead('/big/big.sif', 100)).verified, true);
  });
}

test('a server without ranges is good enough for a start', async t => {
  const { server } = await makeSite(t, items);
  server.hasRanges = false;
  const head = await reader(t, [server]).readHead('/big/big.sif', 1000);
  assert.ok(Buffer.from(head.bytes).equals(big.subarray(0, 1000)));
  assert.equal(head.verified, false);
});

test('the start of a small object or chunk is checked', async t => {
  const { server } = await makeSite(t, items, { chunkBytes: MEGABYTE });
  const repository = reader(t, [server]);
  const head = await repository.readHead('/big/big.sif', MEGABYTE + 10);
  assert.ok(Buffer.from(head.bytes).equals(big.subarray(0, MEGABYTE + 10)));
  assert.equal(head.verified, true);
  assert.equal(server.requests.filter(file => file.endsWith('P')).length, 2);
  const whole = await repository.readHead('/images/latest', 1000);
  assert.deepEqual(whole, { bytes: Buffer.from('a'), verified: true, totalBytes: 1 });
});

test('what has no content here is told as such', async t => {
  const { server } = await makeSite(t, items);
  const repository = reader(t, [server]);
  assert.equal((await repository.readFile('/images/empty', 0)).byteLength, 0);
  for (const file of ['/images', '/images/outside', '/images/pipe']) {
    await assert.rejects(repository.readFile(file, 10), { slug: 'image-not-readable' }, file);
    await assert.rejects(repository.readHead(file, 10), { slug: 'image-not-readable' }, file);
  }
});

test('forty links in a row are followed, one more is too many', async t => {
  const chain = Array.from({ length: 41 }, (_, index) => ({
    path: `/chain/${index}`,
    link: index === 0 ? '../images/a.sif' : String(index - 1)
  }));
  const { server } = await makeSite(t, [...items, ...chain]);
  const repository = reader(t, [server]);
  assert.equal((await repository.resolve('/chain/39')).path, '/images/a.sif');
  await assert.rejects(repository.resolve('/chain/40'), { slug: 'path-not-allowed' });
});
