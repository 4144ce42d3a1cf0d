import assert from 'node:assert/strict';
import { createPublicKey, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { deflateSync, inflateSync } from 'node:zlib';
import { isSha1SignatureByHand } from '../../src/images/cvmfs/trust.ts';
import { tamperObject } from '../fakes/cvmfs/object-store.ts';
import { makeRepositoryKeys, writeWhitelist } from '../fakes/cvmfs/repository-keys.ts';
import {
  fqrn,
  makeSite,
  reader,
  scratch,
  serve,
  startMs,
  testClock,
  testKeys,
  type Site
} from './cvmfs-setup.ts';

const HOUR_MS = 3_600_000;
const items = [{ path: '/images/one.sif', content: 'one' }];

function whitelist(site: Site, options: Partial<Parameters<typeof writeWhitelist>[0]>): void {
  writeWhitelist({
    target: site.folder,
    fqrn,
    keys: testKeys(),
    nowMs: startMs,
    expiresAtMs: startMs + 24 * HOUR_MS,
    ...options
  });
}

async function outcome(t: TestContext, site: Site): Promise<string> {
  try {
    await reader(t, [site.server]).readdir('/');
    return 'listed';
  } catch (error) {
    return error instanceof Error && 'slug' in error ? String(error.slug) : String(error);
  }
}

test('a repository that is in order says what it is', async t => {
  const { published, server } = await makeSite(t, items);
  const state = await reader(t, [server]).open();
  assert.deepEqual(state, {
    fqrn,
    revision: 1,
    publishedAtMs: startMs,
    whitelistExpiresAtMs: startMs + 30 * 24 * HOUR_MS,
    server: server.url.href,
    rootHash: published.rootHash,
    warnings: [],
    ttlSeconds: 240
  });
});

test('the whitelist counts until its hour begins', async t => {
  const site = await makeSite(t, items);
  whitelist(site, { expiresAtMs: startMs + HOUR_MS });
  const clock = testClock();
  const repository = reader(t, [site.server], { clock });
  clock.advance(HOUR_MS - 1);
  await repository.open();
  clock.advance(1);
  await assert.rejects(repository.open(), { slug: 'repository-expired', message: /2026-11-24/ });
});

test('an expiry inside the TTL is not slept through', async t => {
  const site = await makeSite(t, items, { ttlSeconds: 3600 });
  whitelist(site, { expiresAtMs: startMs + HOUR_MS });
  const clock = testClock();
  clock.advance(HOUR_MS - 60_000);
  const repository = reader(t, [site.server], { clock });
  await repository.readdir('/images');
  clock.advance(60_000);
  await assert.rejects(repository.readdir('/images'), { slug: 'repository-expired' });
});

test('a whitelist by another master key is refused', async t => {
  const site = await makeSite(t, items);
  const other = makeRepositoryKeys(fqrn, startMs);
  whitelist(site, { keys: { ...testKeys(), masterPrivate: other.masterPrivate } });
  assert.equal(await outcome(t, site), 'repository-not-trusted');
  const both = [other.masterPublic, testKeys().masterPublic];
  assert.equal((await reader(t, [site.server], { masterKeys: both }).open()).revision, 1);
});

test('a whitelist of another repository, or without the certificate, is refused', async t => {
  const site = await makeSite(t, items);
  whitelist(site, { fqrn: 'other.example.org' });
  assert.equal(await outcome(t, site), 'repository-not-trusted');
  whitelist(site, { certificates: [] });
  assert.equal(await outcome(t, site), 'repository-not-trusted');
  whitelist(site, {
    certificates: [makeRepositoryKeys(fqrn, startMs).certificate, testKeys().certificate]
  });
  assert.equal(await outcome(t, site), 'listed');
});

test('a manifest by a key that the certificate does not hold is refused', async t => {
  const site = await makeSite(t, items);
  const { releasePrivate } = makeRepositoryKeys(fqrn, startMs);
  site.publish(items, { keys: { ...testKeys(), releasePrivate } });
  assert.equal(await outcome(t, site), 'repository-not-trusted');
});

test('text that is no key is the profile’s mistake', async t => {
  const { server } = await makeSite(t, items);
  await assert.rejects(reader(t, [server], { masterKeys: ['nonsense'] }).open(), {
    slug: 'bad-profile'
  });
});

for (const hash of ['sha1', 'rmd160', 'shake128'] as const) {
  for (const isPacked of [true, false]) {
    test(`published with ${hash}, ${isPacked ? 'packed' : 'as is'}, read back`, async t => {
      const { server } = await makeSite(t, items, { hash, isPacked });
      const bytes = await reader(t, [server]).readFile('/images/one.sif', 10);
      assert.equal(Buffer.from(bytes).toString(), 'one');
    });
  }
}

/** Flips one bit of each byte in turn; every answer must be refused with one of these problems. */
async function refusesEveryFlip(
  t: TestContext,
  site: Site,
  wanted: string,
  allowed: readonly string[]
): Promise<void> {
  const whole = readFileSync(path.join(site.folder, wanted));
  const step = process.env['PANOSC_LONG'] === '1' ? 1 : Math.ceil(whole.length / 120);
  for (let at = 0; at < whole.length; at += step) {
    const copy = Buffer.from(whole);
    copy[at] = (copy[at] ?? 0) ^ (1 << (at % 8));
    site.server.answers.set(wanted, copy);
    const slug = await outcome(t, site);
    assert.ok(allowed.includes(slug), `byte ${at} of ${wanted}: ${slug}`);
  }
  site.server.answers.delete(wanted);
  assert.equal(await outcome(t, site), 'listed');
}

test('a flipped byte anywhere in the manifest is refused', async t => {
  const site = await makeSite(t, items);
  await refusesEveryFlip(t, site, '.cvmfspublished', [
    'repository-not-trusted',
    'upstream-garbled'
  ]);
});

test('a flipped byte anywhere in the whitelist is refused', async t => {
  const site = await makeSite(t, items);
  await refusesEveryFlip(t, site, '.cvmfswhitelist', [
    'repository-not-trusted',
    'repository-expired',
    'upstream-garbled'
  ]);
});

test('a flipped byte anywhere in certificate or catalog is refused', async t => {
  const site = await makeSite(t, items);
  await refusesEveryFlip(t, site, site.published.certificatePath, ['object-tampered']);
  await refusesEveryFlip(t, site, site.published.rootCatalogPath, ['object-tampered']);
});

test('RSA with SHA-1 is checked by hand where OpenSSL will not', () => {
  const key = createPublicKey(testKeys().releasePrivate);
  const text = 'ab'.repeat(20);
  const signature = sign('sha1', Buffer.from(text), testKeys().releasePrivate);
  assert.equal(isSha1SignatureByHand(text, key, signature), true);
  assert.equal(isSha1SignatureByHand(`${text}0`, key, signature), false);
  assert.equal(isSha1SignatureByHand(text, key, signature.subarray(1)), false);
  const sha256 = sign('sha256', Buffer.from(text), testKeys().releasePrivate);
  assert.equal(isSha1SignatureByHand(text, key, sha256), false);
  assert.equal(
    isSha1SignatureByHand(text, createPublicKey(testKeys().masterPublic), signature),
    false
  );
});

test('after the TTL the next revision is seen', async t => {
  const site = await makeSite(t, items);
  const clock = testClock();
  const repository = reader(t, [site.server], { clock });
  assert.equal((await repository.open()).revision, 1);
  site.publish([...items, { path: '/images/two.sif', content: 'two' }], { nowMs: startMs + 1000 });
  clock.advance(239_000);
  assert.equal((await repository.open()).revision, 1);
  clock.advance(2000);
  assert.equal((await repository.open()).revision, 2);
  const { entries } = await repository.readdir('/images');
  assert.deepEqual(
    entries.map(({ name }) => name),
    ['one.sif', 'two.sif']
  );
});

test('an older state, validly signed, does not replace a newer one, also after a restart', async t => {
  const site = await makeSite(t, items);
  const old = readFileSync(path.join(site.folder, '.cvmfspublished'));
  site.publish([...items, { path: '/images/two.sif', content: 'two' }], { nowMs: startMs + 1000 });
  const cacheDir = scratch(t);
  assert.equal((await reader(t, [site.server], { cacheDir }).open()).revision, 2);
  site.server.answers.set('.cvmfspublished', old);
  const again = reader(t, [site.server], { cacheDir });
  const state = await again.open();
  assert.equal(state.revision, 2);
  assert.equal(state.warnings.length, 1);
  assert.match(state.warnings[0] ?? '', new RegExp(`${site.server.url.host} is behind`));
  assert.equal((await again.readdir('/images')).entries.length, 2);
  assert.equal((await reader(t, [site.server]).open()).revision, 1, 'nothing newer known: taken');
});

for (const [name, older] of [
  ['revision', { revision: 1, nowMs: startMs + 2000 }],
  ['time', { revision: 3, nowMs: startMs }]
] as const) {
  test(`a lower ${name} alone is enough to be behind`, async t => {
    const site = await makeSite(t, items, { revision: 2, nowMs: startMs + 1000 });
    const cacheDir = scratch(t);
    await reader(t, [site.server], { cacheDir }).open();
    site.publish(items, older);
    const state = await reader(t, [site.server], { cacheDir }).open();
    assert.equal(state.revision, 2);
    assert.match(state.warnings.join(), /is behind/);
  });
}

test('a mirror that is behind is passed over and named', async t => {
  const site = await makeSite(t, items);
  const old = readFileSync(path.join(site.folder, '.cvmfspublished'));
  site.publish(items, { nowMs: startMs + 1000 });
  const lagging = await serve(t, site.folder);
  const cacheDir = scratch(t);
  await reader(t, [site.server], { cacheDir }).open();
  lagging.answers.set('.cvmfspublished', old);
  const state = await reader(t, [lagging, site.server], { cacheDir }).open();
  assert.equal(state.revision, 2);
  assert.equal(state.server, site.server.url.href);
  assert.match(state.warnings.join(), new RegExp(lagging.url.host));
});

test('a remembered state that nobody can prove any more gives way', async t => {
  const site = await makeSite(t, items);
  const cacheDir = scratch(t);
  const other = makeRepositoryKeys(fqrn, startMs);
  const stolen = {
    ...testKeys(),
    releasePrivate: other.releasePrivate,
    certificate: other.certificate
  };
  site.publish(items, { keys: stolen, revision: 900 });
  assert.equal((await reader(t, [site.server], { cacheDir }).open()).revision, 900);
  site.publish(items, { revision: 3 });
  const state = await reader(t, [site.server], { cacheDir }).open();
  assert.equal(state.revision, 3);
});

test('a spoilt cache costs a download, never trust', async t => {
  const site = await makeSite(t, items);
  const cacheDir = scratch(t);
  await reader(t, [site.server], { cacheDir }).readdir('/');
  const stored = path.basename(site.published.rootCatalogPath);
  const inCache = `objects/${site.published.rootCatalogPath.split('/')[1] ?? ''}${stored}`;
  tamperObject(path.join(cacheDir, fqrn), inCache);
  writeFileSync(path.join(cacheDir, fqrn, 'newest-manifest'), 'spoilt');
  site.server.requests.length = 0;
  assert.equal((await reader(t, [site.server], { cacheDir }).readdir('/')).entries.length, 1);
  assert.ok(site.server.requests.includes(site.published.rootCatalogPath));
});

test('a certificate object that holds no certificate is refused', async t => {
  const site = await makeSite(t, items);
  site.publish(items, { keys: { ...testKeys(), certificate: 'nonsense' } });
  assert.equal(await outcome(t, site), 'repository-not-trusted');
});

test('a signed catalog that is no catalog is a problem, not a crash', async t => {
  const site = await makeSite(t, items);
  const { rootCatalogPath } = site.published;
  const catalog = inflateSync(readFileSync(path.join(site.folder, rootCatalogPath)));
  for (const content of [Buffer.alloc(0), Buffer.from('not SQLite'), catalog.subarray(0, 4096)]) {
    site.publish(items, { rootCatalog: deflateSync(content) });
    assert.equal(await outcome(t, site), 'image-not-readable');
  }
});

test('a repository for members only says so', async t => {
  const site = await makeSite(t, items, { properties: { voms_authz: 'x%x' } });
  await assert.rejects(reader(t, [site.server]).open(), {
    slug: 'image-not-readable',
    message: /certificate or token/
  });
});

test('a signed catalog with wrong bytes in it gives entries or problems, nothing else', async t => {
  const site = await makeSite(t, items);
  const { rootCatalogPath } = site.published;
  const catalog = inflateSync(readFileSync(path.join(site.folder, rootCatalogPath)));
  const runs = process.env['PANOSC_LONG'] === '1' ? 2000 : 60;
  let seed = 7;
  const next = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % below;
  };
  const outcomes = new Set<string>();
  for (let run = 0; run < runs; run += 1) {
    const copy = Buffer.from(catalog);
    for (let edits = 0; edits < 40; edits += 1) {
      // Most bytes of a small catalog are unused: aim at pages' heads and at cells, which lie at their ends.
      const page = next(copy.length / 4096) * 4096;
      copy[page + (edits % 2 === 0 ? next(120) : 3900 + next(196))] = next(256);
    }
    site.publish(items, { rootCatalog: deflateSync(copy), revision: run + 2 });
    outcomes.add(await outcome(t, site));
  }
  for (const found of outcomes) {
    assert.match(found, /^(listed|image-not-readable|image-not-found)$/);
  }
  assert.ok(outcomes.has('image-not-readable'));
});
