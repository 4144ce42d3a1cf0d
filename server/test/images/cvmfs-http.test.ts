import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Image } from '#contract';
import { imageSourceConformance } from '../conformance/image-source.ts';
import { tamperObject } from '../fakes/cvmfs/object-store.ts';
import { makeSif } from '../fakes/sif/writer.ts';
import { fqrn, makeSite, scratch, startMs, testClock } from './cvmfs-setup.ts';
import { imagesCall, imageSource, siteItems } from './images-setup.ts';

const bragg = '/software/packages/linux/x86_64/bragg';

imageSourceConformance('cvmfs-http', {
  open: async t => imageSource(t, [(await makeSite(t, siteItems)).server]),
  manyVersions: { name: 'bragg', versions: ['2.10.0', '2.10.0-rc1', '2.9.0'] },
  sif: `${bragg}/2.9.0/bragg.sif`,
  sandbox: '/containers/xrdfit_1.2.0_20260301/xrdfit_1.2.0_20260301.simg',
  link: {
    path: `${bragg}/latest/bragg.sif`,
    mountPath: `/cvmfs/${fqrn}${bragg}/2.10.0/bragg.sif`
  },
  notAnImage: '/images/error-page.sif',
  outside: '/private/secret.sif'
});

const row = ({ path: where, name, version, kind, linkTo }: Image): string =>
  `${where} ${name} ${version} ${kind} ${linkTo}`;

test('every layout gives its images, and nothing else is listed', async t => {
  const { server } = await makeSite(t, siteItems);
  const page = await imageSource(t, [server]).list('', undefined, 200, imagesCall());
  const flat = '../../.flat/70/7095';
  assert.deepEqual(page.items.map(row), [
    `${bragg}/latest/bragg.sif bragg latest sif 2.10.0`,
    '/software/modules/linux/x86_64/bragg/default bragg default sif 2.9.0',
    `${bragg}/2.10.0/bragg.sif bragg 2.10.0 sif null`,
    `${bragg}/2.10.0-rc1/bragg.sif bragg 2.10.0-rc1 sif null`,
    `${bragg}/2.9.0/bragg.sif bragg 2.9.0 sif null`,
    '/images/empty.simg empty null sandbox null',
    '/images/error-page.sif error-page null sif null',
    '/images/latin-\ufffd.sif latin-\ufffd null sif null',
    '/images/newest.sif newest null sif ptycho_1.2.sif',
    '/registry.example.org/panosc/ewoks:latest panosc/ewoks latest sandbox 2.1',
    `/registry.example.org/panosc/ewoks:2.1 panosc/ewoks 2.1 sandbox ${flat}`,
    '/images/plain.sqfs plain null sif null',
    '/images/ptycho_1.2.sif ptycho 1.2 sif null',
    '/containers/xrdfit_1.2.0_20260301/xrdfit_1.2.0_20260301.simg xrdfit 1.2.0 sandbox null',
    '/software/packages/linux/x86_64/zoo/1.0/zoo.sif zoo 1.0 sif null'
  ]);
  assert.deepEqual(page.state.warnings, []);
});

test('listing loads no catalog of an image', async t => {
  const { server } = await makeSite(t, siteItems);
  await imageSource(t, [server]).list('', undefined, 200, imagesCall());
  assert.equal(server.requests.filter(request => request.endsWith('C')).length, 1);
  assert.deepEqual(
    server.requests.filter(request => /^data.*[0-9a-f]$/.test(request)),
    []
  );
});

test('a root that does not exist is a warning', async t => {
  const { server } = await makeSite(t, siteItems);
  const source = imageSource(t, [server], {
    roots: [
      { path: '/gone', layout: 'packages' },
      { path: '/images', layout: 'flat' }
    ]
  });
  const page = await source.list('', undefined, 1, imagesCall());
  assert.equal(page.items.length, 1);
  assert.match(page.state.warnings.join(), /\/gone .* does not exist/);
});

test('the packages layout understands a root at each of its levels', async t => {
  const { server } = await makeSite(t, siteItems);
  for (const level of ['', '/linux', '/linux/x86_64']) {
    const source = imageSource(t, [server], {
      roots: [{ path: `/software/packages${level}`, layout: 'packages' }]
    });
    const page = await source.list('2.9.0', undefined, 10, imagesCall());
    assert.equal(page.items.at(-1)?.version, '2.9.0', level);
  }
});

test('a small image is verified, a large one read from its first bytes is a preview', async t => {
  const large = makeSif({ labels: { a: 'b' }, payload: Buffer.alloc(3_000_000, 1) });
  const site = await makeSite(
    t,
    [
      { path: '/images/small.sif', content: makeSif({ labels: { a: 'b' } }) },
      { path: '/images/large.sif', content: large }
    ],
    { isPacked: false, chunkBytes: 64 * 1024 * 1024 }
  );
  const source = imageSource(t, [site.server], { roots: [{ path: '/images', layout: 'flat' }] });
  const small = await source.get('/images/small.sif', imagesCall());
  assert.equal(small.trust, 'verified');
  assert.match(small.contentHash ?? '', /^[0-9a-f]{40}$/);
  const before = site.server.bytesSent;
  const preview = await source.get('/images/large.sif', imagesCall());
  assert.equal(preview.trust, 'preview');
  assert.deepEqual(preview.labels, { a: 'b' });
  assert.ok(site.server.bytesSent - before < 300_000);
});

test('the first chunk of a large image is hashed whole, so what it says is verified', async t => {
  const image = (last: number): Uint8Array => {
    const payload = Buffer.alloc(3_000_000, 1);
    payload[payload.byteLength - 1] = last;
    return makeSif({ labels: { a: 'b' }, payload });
  };
  const site = await makeSite(
    t,
    [
      { path: '/images/x.sif', content: image(1) },
      { path: '/images/same.sif', content: image(1) },
      { path: '/images/other.sif', content: image(2) }
    ],
    { chunkBytes: 500_000 }
  );
  const source = imageSource(t, [site.server], { roots: [{ path: '/images', layout: 'flat' }] });
  const x = await source.get('/images/x.sif', imagesCall());
  assert.equal(x.trust, 'verified');
  // The catalog vouches for every chunk, so the content has a name although it was never fetched.
  assert.match(x.contentHash ?? '', /^chunks-sha256:[0-9a-f]{64}$/);
  const [same, other] = await Promise.all(
    ['same', 'other'].map(name => source.get(`/images/${name}.sif`, imagesCall()))
  );
  assert.equal(same?.contentHash, x.contentHash);
  assert.notEqual(other?.contentHash, x.contentHash);
});

test('a tampered image is refused, a tampered catalog makes the listing fail', async t => {
  const site = await makeSite(t, siteItems);
  const [object = ''] = site.published.objects.get(`${bragg}/2.9.0/bragg.sif`) ?? [];
  tamperObject(site.folder, object);
  const source = imageSource(t, [site.server]);
  const isTampered = { name: 'ProblemError', slug: 'object-tampered' };
  await assert.rejects(source.get(`${bragg}/2.9.0/bragg.sif`, imagesCall()), isTampered);
  tamperObject(site.folder, site.published.rootCatalogPath);
  await assert.rejects(
    imageSource(t, [site.server]).list('', undefined, 5, imagesCall()),
    isTampered
  );
});

test('an expired whitelist ends the listing, also one that is held', async t => {
  const site = await makeSite(t, siteItems, { whitelistExpiresAtMs: startMs + 7_200_000 });
  const clock = testClock();
  const source = imageSource(t, [site.server], { clock });
  assert.ok((await source.list('', undefined, 5, imagesCall())).items.length > 0);
  clock.advance(3 * 3_600_000);
  await assert.rejects(source.list('', undefined, 5, imagesCall()), {
    name: 'ProblemError',
    slug: 'repository-expired'
  });
});

test('a new revision is listed after the TTL, and an old cursor goes on behind its last row', async t => {
  const items = (names: readonly string[]) =>
    names.map(name => ({ path: `/images/${name}.sif`, content: makeSif() }));
  const site = await makeSite(t, items(['a', 'c', 'd']));
  const clock = testClock();
  const source = imageSource(t, [site.server], {
    clock,
    roots: [{ path: '/images', layout: 'flat' }]
  });
  const first = await source.list('', undefined, 2, imagesCall());
  assert.deepEqual(
    first.items.map(item => item.name),
    ['a', 'c']
  );
  site.publish(items(['a', 'b', 'c', 'd', 'e']));
  clock.advance(3_600_000);
  const next = await source.list('', first.cursor ?? undefined, 5, imagesCall());
  assert.deepEqual(
    next.items.map(item => item.name),
    ['d', 'e']
  );
  assert.equal(next.state.revision, first.state.revision + 1);
});

test('what was found is kept over a restart, and a damaged or foreign file is not believed', async t => {
  const { server } = await makeSite(t, siteItems);
  const cacheDir = scratch(t);
  const open = (roots?: Parameters<typeof imageSource>[2]) =>
    imageSource(t, [server], { cacheDir, ...roots }).list('', undefined, 200, imagesCall());
  const first = await open();
  const file = path.join(cacheDir, fqrn, 'images.json');
  const kept = readFileSync(file, 'utf8');
  writeFileSync(file, kept.replaceAll('bragg', 'kept-'));
  const named = (page: { items: Image[] }): boolean =>
    page.items.some(item => item.name === 'kept-');
  assert.ok(named(await open()), 'the kept list was not used');
  const other = await open({ roots: [{ path: '/software/packages', layout: 'packages' }] });
  assert.ok(!named(other), 'a list of other roots was used');
  writeFileSync(file, kept.slice(0, 500));
  assert.deepEqual((await open()).items, first.items);
  assert.deepEqual(
    readdirSync(path.join(cacheDir, fqrn)).filter(name => name.includes('.new')),
    []
  );
});

test('two callers share one discovery, and one who leaves does not end it', async t => {
  const { server } = await makeSite(t, siteItems);
  const source = imageSource(t, [server]);
  const leaving = new AbortController();
  const left = source.list('', undefined, 5, imagesCall(leaving.signal));
  const stayed = source.list('', undefined, 5, imagesCall());
  leaving.abort(new Error('gone'));
  await assert.rejects(left, /gone/);
  assert.equal((await stayed).items.length, 5);
  assert.equal(server.requests.filter(request => request === '.cvmfspublished').length, 1);
});

test('awkward images say what is the matter with them', async t => {
  const { server } = await makeSite(t, siteItems);
  const source = imageSource(t, [server]);
  const note = async (where: string): Promise<string> =>
    (await source.get(where, imagesCall())).note ?? '';
  assert.match(await note('/images/latin-\ufffd.sif'), /not UTF-8/);
  assert.match(await note('/images/plain.sqfs'), /bare squashfs/);
  await assert.rejects(source.get('/images/empty.simg', imagesCall()), /folder is empty/);
  await assert.rejects(source.get('/images/out.sif', imagesCall()), {
    slug: 'path-not-allowed'
  });
  await assert.rejects(source.get('/images/loop.sif', imagesCall()), { slug: 'path-not-allowed' });
  // Not listed, inside a root, but it leads to what is outside of all roots.
  await assert.rejects(source.get('/images/deeper/link', imagesCall()), {
    slug: 'path-not-allowed'
  });
  const target = await source.get('/.flat/70/7095', imagesCall());
  assert.equal(target.linkTo, null);
  assert.equal(target.licence, 'BSD-3-Clause');
});
