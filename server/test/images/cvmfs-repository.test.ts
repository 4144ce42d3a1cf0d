import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { tamperObject } from '../fakes/cvmfs/object-store.ts';
import type { TreeItem } from '../fakes/cvmfs/tree.ts';
import { fqrn, makeSite, reader, scratch, serve, testClock } from './cvmfs-setup.ts';

const MEGABYTE = 1024 * 1024;
const big = randomBytes(3 * MEGABYTE + 77);
const latin1 = Buffer.from('/images/latin1-\xe9.sif', 'latin1');
const S_IFIFO = 0o010_644;

const items: TreeItem[] = [
  { path: '/images/a.sif', content: 'a', mtimeMs: 1_772_366_400_000, mode: 0o755 },
  { path: '/images/B.sif', content: 'B' },
  { path: '/images/ä.sif', content: 'umlaut' },
  { path: latin1, content: 'latin' },
  { path: '/images/empty', content: '' },
  { path: '/images/hidden', content: 'x', extraFlags: 0x8000 },
  { path: '/images/outside', content: 'x', extraFlags: 128 },
  { path: '/images/pipe', mode: S_IFIFO },
  { path: '/images/latest', link: 'a.sif' },
  { path: '/nested/.cvmfscatalog', content: '' },
  { path: '/nested/inner/.cvmfscatalog', content: '' },
  { path: '/nested/inner/deep/x.sif', content: 'deep' },
  { path: '/nested-not/y.sif', content: 'y' },
  { path: '/big/big.sif', content: big },
  { path: '/links/out', link: '/etc/passwd' },
  { path: '/links/climb', link: '../../etc/passwd' },
  { path: '/links/loop-a', link: 'loop-b' },
  { path: '/links/loop-b', link: 'loop-a' },
  { path: '/links/nowhere', link: 'nothing' },
  { path: '/links/empty', link: '' },
  { path: '/links/inside', link: `/cvmfs/${fqrn}/nested/inner` },
  { path: '/links/other', link: '/cvmfs/other.example.org/x' },
  { path: '/links/prefix', link: `/cvmfs/${fqrn}.evil/x` },
  { path: '/links/root', link: `/cvmfs/${fqrn}` },
  { path: '/links/variant', link: '$(WHICH:-../images)/a.sif' },
  { path: '/links/variant-bare', link: '$(WHICH)' },
  { path: '/links/file-as-folder', link: '../images/a.sif/x' }
];

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

async function tampered(
  t: TestContext
): Promise<Awaited<ReturnType<typeof makeSite>> & { object: string }> {
  const site = await makeSite(t, items, { chunkBytes: MEGABYTE });
  const object = site.published.objects.get('/big/big.sif')?.[1] ?? '';
  tamperObject(site.folder, object);
  return { ...site, object };
}

test('no byte of a tampered object is given out, and it is not kept', async t => {
  const { object, server } = await tampered(t);
  const cacheDir = scratch(t);
  const repository = reader(t, [server], { cacheDir });
  await assert.rejects(repository.readFile('/big/big.sif', big.length), {
    slug: 'object-tampered',
    message: new RegExp(server.url.host)
  });
  const asked = server.requests.filter(file => file === object).length;
  assert.equal(asked, 2, 'once, and once more past the caches');
  const kept = readdirSync(path.join(cacheDir, fqrn, 'objects'));
  assert.equal(
    kept.some(name => object.endsWith(name.slice(2))),
    false
  );
  await assert.rejects(repository.readFile('/big/big.sif', big.length), {
    slug: 'object-tampered'
  });
});

test('a good mirror makes up for a bad one, which is named', async t => {
  const { folder: badFolder, server: bad } = await tampered(t);
  assert.ok(badFolder);
  const good = await makeSite(t, items, { chunkBytes: MEGABYTE });
  const repository = reader(t, [bad, good.server]);
  assert.ok(Buffer.from(await repository.readFile('/big/big.sif', big.length)).equals(big));
  const { warnings } = await repository.open();
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? '', new RegExp(bad.url.host));
});

test('a proxy with a spoilt copy is asked past, without blaming anybody', async t => {
  const { published, server } = await makeSite(t, items);
  server.cachedAnswers.set(published.rootCatalogPath, Buffer.from('spoilt'));
  server.cachedAnswers.set('.cvmfspublished', Buffer.from('<html>please sign in</html>'));
  const repository = reader(t, [server]);
  assert.ok((await repository.readdir('/')).entries.length > 0);
  assert.deepEqual((await repository.open()).warnings, []);
});

test('two mirrors, one sends web pages, one lacks an object', async t => {
  const site = await makeSite(t, items);
  const html = await serve(t, site.folder);
  for (const file of ['.cvmfspublished', '.cvmfswhitelist', site.published.rootCatalogPath]) {
    html.answers.set(file, Buffer.from('<!DOCTYPE html><p>It works!'));
  }
  const state = await reader(t, [html, site.server]).open();
  assert.equal(state.server, site.server.url.href);
  assert.match(state.warnings.join(), new RegExp(html.url.host));
  site.server.answers.set(site.published.rootCatalogPath, 404);
  await assert.rejects(reader(t, [site.server, html]).readdir('/'), { slug: 'object-tampered' });
});

test('redirects are not followed', async t => {
  let visited = false;
  const elsewhere = createServer((_, response) => {
    visited = true;
    response.end('here');
  });
  await new Promise<void>(resolve => {
    elsewhere.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    elsewhere.close();
  });
  const address = elsewhere.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const redirecting = createServer((_, response) => {
    response.writeHead(302, { location: `http://127.0.0.1:${port}/` }).end();
  });
  await new Promise<void>(resolve => {
    redirecting.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    redirecting.close();
  });
  const from = redirecting.address();
  const url = new URL(
    `http://127.0.0.1:${typeof from === 'object' && from !== null ? from.port : 0}/cvmfs/${fqrn}`
  );
  await assert.rejects(reader(t, [{ url }]).open(), { slug: 'upstream-error' });
  assert.equal(visited, false);
});

test('a server that is away: said at first, survived later', async t => {
  const site = await makeSite(t, items);
  const clock = testClock();
  const repository = reader(t, [site.server], { clock });
  await repository.open();
  await site.server.close();
  clock.advance(241_000);
  const state = await repository.open();
  assert.equal(state.revision, 1);
  assert.equal(state.warnings.length, 1);
  assert.equal((await repository.readdir('/images')).entries.length, 8);
  await assert.rejects(reader(t, [site.server]).open(), { slug: 'upstream-unreachable' });
});

test('a server that turns bad later is not excused', async t => {
  const site = await makeSite(t, items);
  const clock = testClock();
  const repository = reader(t, [site.server], { clock });
  await repository.open();
  site.server.answers.set('.cvmfswhitelist', Buffer.from('20260101000000\nE20270101000000\n'));
  clock.advance(241_000);
  await assert.rejects(repository.readdir('/images'), { slug: 'repository-not-trusted' });
  site.server.answers.clear();
  assert.equal((await repository.readdir('/images')).entries.length, 8);
});

test('equal questions at the same time are one request', async t => {
  const { published, server } = await makeSite(t, items);
  const repository = reader(t, [server]);
  await Promise.all(
    Array.from({ length: 20 }, () => repository.readFile('/nested/inner/deep/x.sif', 9))
  );
  assert.equal(new Set(server.requests).size, server.requests.length, server.requests.join('\n'));
  assert.ok(server.requests.includes(published.rootCatalogPath));
});

test('one who gives up does not take the answer from the others', async t => {
  const { server } = await makeSite(t, items);
  const repository = reader(t, [server]);
  const gone = new AbortController();
  const first = repository.readdir('/', { signal: gone.signal });
  const second = repository.readdir('/');
  gone.abort(new Error('gone'));
  await assert.rejects(first, /gone/);
  assert.ok((await second).entries.length > 0);
});

test('a second reader on the same cache asks for no object again', async t => {
  const { server } = await makeSite(t, items);
  const cacheDir = scratch(t);
  await reader(t, [server], { cacheDir }).readFile('/nested/inner/deep/x.sif', 9);
  server.requests.length = 0;
  await reader(t, [server], { cacheDir }).readFile('/nested/inner/deep/x.sif', 9);
  assert.deepEqual(server.requests, ['.cvmfspublished', '.cvmfswhitelist']);
});

test('the cache keeps its limit and its files to ourselves', async t => {
  const { server } = await makeSite(t, items, { chunkBytes: MEGABYTE, isPacked: false });
  const cacheDir = scratch(t);
  const repository = reader(t, [server], { cacheDir, cacheBytes: 2.5 * MEGABYTE });
  assert.ok(Buffer.from(await repository.readFile('/big/big.sif', big.length)).equals(big));
  const objects = path.join(cacheDir, fqrn, 'objects');
  let total = 0;
  for (const name of readdirSync(objects)) {
    const { mode, size } = statSync(path.join(objects, name));
    assert.equal(mode & 0o777, 0o600, name);
    total += size;
  }
  assert.ok(total <= 2.5 * MEGABYTE && total > MEGABYTE, String(total));
  assert.equal(statSync(objects).mode & 0o777, 0o700);
  assert.deepEqual(readdirSync(path.join(cacheDir, fqrn, 'open')), []);
  assert.ok(Buffer.from(await repository.readFile('/big/big.sif', big.length)).equals(big));
});

test('a folder for catalogs that cannot be written is told', async t => {
  const { folder, server } = await makeSite(t, items);
  const fileInTheWay = path.join(folder, '.cvmfspublished');
  await assert.rejects(reader(t, [server], { cacheDir: fileInTheWay }).readdir('/'), {
    slug: 'state-folder'
  });
});

test('many catalogs do not stay open for ever', async t => {
  const folders = Array.from(
    { length: 60 },
    (_, index) => `/many/${String(index).padStart(2, '0')}`
  );
  const { server } = await makeSite(
    t,
    folders.flatMap(folder => [
      { path: `${folder}/.cvmfscatalog`, content: '' },
      { path: `${folder}/x.sif`, content: folder }
    ])
  );
  const repository = reader(t, [server]);
  const read = async (): Promise<string[][]> =>
    Promise.all(folders.map(async folder => names(await repository.readdir(folder))));
  const first = await read();
  assert.ok(first.every(([, name]) => name === 'x.sif'));
  assert.deepEqual(await read(), first);
});
