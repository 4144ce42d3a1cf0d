import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import express from 'express';
import type { Image, ImageDetail, ImagePage, Problem } from '#contract';
import { Config } from '../../src/config/schema.ts';
import { makeLog } from '../../src/core/log.ts';
import type { ActiveProfile } from '../../src/facility/service.ts';
import { Profile } from '../../src/facility/profile.ts';
import { problemHandler } from '../../src/http/problem-handler.ts';
import { createImages, type Images } from '../../src/images/routes.ts';
import type { Parts } from '../../src/parts.ts';
import { EventLog } from '../../src/store/event-log.ts';
import { openDatabase } from '../../src/store/database.ts';
import { SettingsStore } from '../../src/store/settings-store.ts';
import { tamperObject } from '../fakes/cvmfs/object-store.ts';
import { publishRepository } from '../fakes/cvmfs/publisher.ts';
import { testCall } from '../support/test-call.ts';
import { fqrn, makeSite, scratch, serve, startMs, testClock, testKeys } from './cvmfs-setup.ts';
import { siteItems, siteRoots } from './images-setup.ts';

const secondName = 'second.example.org';
const bragg = '/software/packages/linux/x86_64/bragg';

interface Facility extends ActiveProfile {
  change(profile: Profile): void;
}

function facilityOf(first: Profile, folder: string): Facility {
  let current = first;
  const listeners: (() => void)[] = [];
  return {
    profile: () => current,
    current: () => current,
    mistakes: () => [],
    profileFor: () => current,
    resolveFile: name => path.resolve(folder, name),
    placeOf: () => '',
    onChange: listener => listeners.push(listener),
    change: profile => {
      current = profile;
      listeners.forEach(listener => listener());
    }
  };
}

interface Site {
  readonly images: Images;
  readonly url: string;
  readonly facility: Facility;
  readonly profile: Profile;
  /** Published folder of the second repository. */
  readonly second: string;
  readonly secondCatalog: string;
}

/** Two repositories in one profile; the second one's key is a file beside the profile. */
async function openSite(t: TestContext, whitelistExpiresAtMs?: number): Promise<Site> {
  const first = await makeSite(t, siteItems);
  const second = scratch(t);
  const published = publishRepository({
    target: second,
    fqrn: secondName,
    items: ['a', 'b', 'c'].map(name => ({ path: `/images/second-${name}.sif`, content: 'x' })),
    keys: testKeys(),
    nowMs: startMs,
    ...(whitelistExpiresAtMs === undefined ? {} : { whitelistExpiresAtMs })
  });
  const secondServer = await serve(t, second, secondName);
  const stateDir = scratch(t);
  writeFileSync(path.join(stateDir, 'second.pub'), testKeys().masterPublic);
  const profile = Profile.parse({
    id: 'test',
    title: 'Test',
    repositories: [
      {
        kind: 'cvmfs-http',
        fqrn,
        title: 'First',
        servers: [first.server.url.href],
        keys: [testKeys().masterPublic],
        roots: siteRoots
      },
      {
        kind: 'cvmfs-http',
        fqrn: secondName,
        title: 'Second',
        servers: [secondServer.url.href],
        keys: ['second.pub'],
        roots: [{ path: '/images', layout: 'flat' }]
      }
    ]
  });
  const facility = facilityOf(profile, stateDir);
  const db = openDatabase(stateDir);
  const log = makeLog('silent');
  const clock = testClock();
  const parts: Parts = {
    config: Config.parse({ stateDir, runtimeDir: stateDir }),
    surroundings: { home: stateDir, env: {} },
    db,
    events: new EventLog(db, clock),
    settings: new SettingsStore(db),
    clock,
    log,
    fetch,
    facility,
    call: testCall
  };
  const images = createImages(parts);
  t.after(async () => {
    await images.stop?.();
    db.close();
  });
  const http = express();
  http.use('/v1', images.router);
  http.use(problemHandler(log));
  const server = http.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const url = `http://127.0.0.1:${address.port}`;
  return { images, url, facility, profile, second, secondCatalog: published.rootCatalogPath };
}

const get = async <T>(
  { url }: Pick<Site, 'url'>,
  where: string,
  query: Record<string, string> = {}
) => {
  const answer = await fetch(`${url}/v1/${where}?${new URLSearchParams(query).toString()}`);
  return { status: answer.status, body: (await answer.json()) as T };
};

test('the list goes through all repositories, page by page', async t => {
  const site = await openSite(t);
  const whole = await get<ImagePage>(site, 'images', { limit: '200' });
  assert.equal(whole.status, 200);
  assert.equal(whole.body.cursor, null);
  assert.deepEqual(whole.body.problems, []);
  assert.deepEqual(
    whole.body.repositories.map(state => state.fqrn),
    [fqrn, secondName]
  );
  const rows: Image[] = [];
  let cursor: string | null = null;
  do {
    const page: { body: ImagePage } = await get<ImagePage>(site, 'images', {
      limit: '4',
      ...(cursor === null ? {} : { cursor })
    });
    rows.push(...page.body.items);
    cursor = page.body.cursor;
  } while (cursor !== null);
  assert.deepEqual(rows, whole.body.items);
  assert.equal(rows.at(-1)?.ref, `${secondName}:/images/second-c.sif`);
});

test('a search and a repository narrow the list', async t => {
  const site = await openSite(t);
  const found = await get<ImagePage>(site, 'images', { q: 'SECOND b' });
  assert.deepEqual(
    found.body.items.map(item => item.name),
    ['second-b']
  );
  const one = await get<ImagePage>(site, 'images', { repository: secondName });
  assert.equal(one.body.items.length, 3);
  assert.equal(one.body.repositories.length, 1);
  const unknown = await get<Problem>(site, 'images', { repository: 'evil.example.org' });
  assert.equal(unknown.body.type, '/problems/repository-not-listed');
});

test('a tampered repository gives its sentence and no rows; the other one is listed', async t => {
  const site = await openSite(t);
  tamperObject(site.second, site.secondCatalog);
  const page = await get<ImagePage>(site, 'images', { limit: '200' });
  assert.equal(page.status, 200);
  assert.deepEqual(
    page.body.problems.map(({ repository }) => repository),
    [secondName]
  );
  assert.match(page.body.problems[0]?.detail ?? '', /hash/);
  assert.ok(page.body.items.length > 5);
  assert.ok(page.body.items.every(item => item.repository === fqrn));
  assert.deepEqual(
    page.body.repositories.map(state => state.fqrn),
    [fqrn]
  );
});

test('an expired whitelist gives its sentence and no rows', async t => {
  const site = await openSite(t, startMs - 86_400_000);
  const page = await get<ImagePage>(site, 'images', { repository: secondName });
  assert.deepEqual(page.body.items, []);
  assert.match(page.body.problems[0]?.detail ?? '', /expired/);
  const detail = await get<Problem>(site, 'images/detail', {
    ref: `${secondName}:/images/second-a.sif`
  });
  assert.equal(detail.body.type, '/problems/repository-expired');
});

test('a key that cannot be read is a problem of that repository only', async t => {
  const site = await openSite(t);
  const [first, second] = site.profile.repositories;
  assert.ok(first && second);
  site.facility.change({
    ...site.profile,
    repositories: [first, { ...second, keys: ['no-such.pub'] }]
  });
  const page = await get<ImagePage>(site, 'images');
  assert.match(page.body.problems[0]?.detail ?? '', /no-such\.pub/);
  assert.ok(page.body.items.length > 0);
});

test('another profile brings other repositories at once', async t => {
  const site = await openSite(t);
  await get(site, 'images');
  site.facility.change({ ...site.profile, repositories: site.profile.repositories.slice(1) });
  const page = await get<ImagePage>(site, 'images');
  assert.deepEqual(
    page.body.repositories.map(state => state.fqrn),
    [secondName]
  );
  site.facility.change({ ...site.profile, repositories: [] });
  const none = await get<ImagePage>(site, 'images');
  assert.deepEqual(none.body, { items: [], cursor: null, repositories: [], problems: [] });
});

test('the detail of an image, and the problems of a wrong reference', async t => {
  const site = await openSite(t);
  const ref = `${fqrn}:${bragg}/latest/bragg.sif`;
  const { body } = await get<ImageDetail>(site, 'images/detail', { ref });
  assert.equal(body.mountPath, `/cvmfs/${fqrn}${bragg}/2.10.0/bragg.sif`);
  assert.equal(body.trust, 'verified');
  assert.equal(body.licence, 'BSD-3-Clause');
  const problems: Readonly<Record<string, string>> = {
    'no colon': 'bad-request',
    [`${fqrn}:images`]: 'bad-request',
    'evil.example.org:/x.sif': 'repository-not-listed',
    [`${fqrn}:/images/gone.sif`]: 'image-not-found',
    [`${fqrn}:/private/secret.sif`]: 'path-not-allowed',
    [`${fqrn}:/images/../private/secret.sif`]: 'path-not-allowed',
    [`${fqrn}:/images/error-page.sif`]: 'image-not-readable'
  };
  for (const [wrong, slug] of Object.entries(problems)) {
    const answer = await get<Problem>(site, 'images/detail', { ref: wrong });
    assert.equal(answer.body.type, `/problems/${slug}`, wrong);
    assert.ok(answer.body.detail.length > 20);
  }
});

test('wrong queries are refused', async t => {
  const site = await openSite(t);
  for (const query of [
    { limit: '0' },
    { limit: '201' },
    { cursor: '9:' },
    { cursor: 'x' },
    { cursor: '0:AAAA' }
  ]) {
    const answer = await get<Problem>(site, 'images', query);
    assert.equal(answer.status, 400, JSON.stringify(query));
  }
});

test('a job gets the place on the node, and only for an image that may be used', async t => {
  const { images } = await openSite(t);
  const resolve = (where: string) => images.resolve(`${fqrn}:${where}`, testCall());
  const found = await resolve(`${bragg}/latest/bragg.sif`);
  assert.equal(found.mountPath, `/cvmfs/${fqrn}${bragg}/2.10.0/bragg.sif`);
  assert.equal(found.kind, 'sif');
  assert.equal(found.architecture, 'amd64');
  assert.match(found.contentHash ?? '', /^[0-9a-f]{40}$/);
  const folder = await resolve('/registry.example.org/panosc/ewoks:latest');
  assert.equal(folder.mountPath, `/cvmfs/${fqrn}/.flat/70/7095`);
  assert.equal(folder.kind, 'sandbox');
  await assert.rejects(resolve('/images/latin-\ufffd.sif'), { slug: 'image-not-readable' });
  await assert.rejects(resolve('/images/error-page.sif'), { slug: 'image-not-readable' });
  await assert.rejects(resolve('/private/secret.sif'), { slug: 'path-not-allowed' });
  await assert.rejects(images.resolve('evil.example.org:/x.sif', testCall()), {
    slug: 'repository-not-listed'
  });
});
