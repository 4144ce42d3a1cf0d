import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { tamperObject } from '../fakes/cvmfs/object-store.ts';
import { fqrn, makeSite, reader, scratch, serve, testClock } from './cvmfs-setup.ts';
import { big, items, MEGABYTE } from './cvmfs-tree.ts';

const names = (page: { entries: readonly { name: string }[] }): string[] =>
  page.entries.map(({ name }) => name);

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
