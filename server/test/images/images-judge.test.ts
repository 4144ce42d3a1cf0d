import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Image, ImageDetail } from '#contract';
import type { RepositoryProfile } from '../../src/facility/profile.ts';
import { textOfBytes } from '../../src/images/cvmfs/path-bytes.ts';
import type { ImageSource } from '../../src/images/port.ts';
import type { RepositoryServer } from '../fakes/cvmfs/serve.ts';
import { judgeFolder, judgeMissing, serve } from './cvmfs-setup.ts';
import { imagesCall, imageSource } from './images-setup.ts';

const main = 'pan-images.example.org';
type PathText = string | { readonly base64: string };

/** What an image picker must find in the real repository. */
interface Expected {
  readonly images: readonly { readonly path: PathText; readonly size?: number }[];
  readonly tagLinks: readonly { readonly path: string; readonly target: string }[];
}

const roots: RepositoryProfile['roots'] = [
  { path: '/software/packages', layout: 'packages' },
  { path: '/', layout: 'unpacked' },
  { path: '/singularity', layout: 'tagged' },
  { path: '/containers', layout: 'dated' },
  { path: '/images', layout: 'flat' }
];

async function open(t: TestContext, overlay?: string): Promise<[ImageSource, RepositoryServer]> {
  const server = await serve(t, path.join(judgeFolder, 'repos', main), main);
  if (overlay !== undefined) {
    server.overlays = [path.join(judgeFolder, 'variants', overlay)];
  }
  const key = readFileSync(path.join(judgeFolder, 'keys', `${main}.pub`), 'utf8');
  return [imageSource(t, [server], { name: main, key, roots }), server];
}

const textOf = (text: PathText): string =>
  (typeof text === 'string'
    ? text
    : textOfBytes(Buffer.from(text.base64, 'base64'))
  ).toWellFormed();

test('the 26 images and 8 tag links of the real repository are found', async t => {
  if (judgeMissing !== false) {
    t.skip(judgeMissing);
    return;
  }
  const [source, server] = await open(t);
  const page = await source.list('', undefined, 200, imagesCall());
  const expected = JSON.parse(
    readFileSync(path.join(judgeFolder, `${main}.images.json`), 'utf8')
  ) as Expected;
  const mount = `/cvmfs/${main}`;
  const places = new Map(page.items.map(item => [item.mountPath, item]));
  assert.equal(expected.images.length, 26);
  for (const image of expected.images) {
    const item = places.get(`${mount}${textOf(image.path)}`);
    assert.ok(item, `not listed: ${textOf(image.path)}`);
    assert.equal(item.sizeBytes, image.size ?? null);
  }
  // Beside these only the folder that is named like an image and is empty, which its detail says.
  const wanted = new Set(expected.images.map(image => `${mount}${textOf(image.path)}`));
  assert.deepEqual(
    [...places.keys()].filter(place => !wanted.has(place)),
    [`${mount}/containers/empty_dir_image.simg`]
  );
  const links = page.items.filter(item => item.linkTo !== null);
  assert.equal(links.length, 8);
  const shown = (item: Image): string => item.path.replace(/\/latest\/xrd-tools\.sif$/, '/latest');
  for (const link of expected.tagLinks) {
    const item = links.find(candidate => shown(candidate) === link.path);
    assert.ok(item, `no link: ${link.path}`);
    const last = link.target.split('/').at(-1) ?? '';
    assert.ok(item.mountPath.includes(`/${last}`), item.mountPath);
  }
  const catalogs = server.requests.filter(request => request.endsWith('C'));
  // The root, the two below /software, and one that a dated folder mounts.
  assert.equal(catalogs.length, 4);
});

test('images of the real repository tell about themselves', async t => {
  if (judgeMissing !== false) {
    t.skip(judgeMissing);
    return;
  }
  const [source] = await open(t);
  const detail = (where: string): Promise<ImageDetail> => source.get(where, imagesCall());
  const linux = '/software/packages/linux';
  const xrd = await detail(`${linux}/x86_64/xrd-tools/2.1.0/xrd-tools.sif`);
  assert.equal(xrd.labels['org.opencontainers.image.title'], 'xrd-tools');
  assert.equal(xrd.licence, 'GPL-2.0-only');
  assert.equal(xrd.architecture, 'amd64');
  assert.deepEqual(xrd.signers, ['A8377E2BDD31026EF0E24A7040DC8F4D021A9D3F']);
  assert.equal(xrd.trust, 'verified');
  assert.match(xrd.definition ?? '', /^Bootstrap: localimage\n/);
  assert.equal(
    (await detail(`${linux}/aarch64/xrd-tools/2.1.0/xrd-tools.sif`)).architecture,
    'arm64'
  );
  assert.equal((await detail(`${linux}/x86_64/secret-sauce/1.0/secret-sauce.sif`)).encrypted, true);
  assert.equal((await detail(`${linux}/x86_64/pyfai/2024.9/pyfai.sif`)).sbom, 'CycloneDX JSON');
  const hostile = await detail(`${linux}/x86_64/hostile/1/hostile.sif`);
  const texts = [...Object.keys(hostile.labels), ...Object.values(hostile.labels)].join('');
  assert.doesNotMatch(texts, /[\u0000-\u001f\u202a-\u202e\u2066-\u2069]/);
  assert.ok(Object.values(hostile.labels).every(text => text.length <= 500));
  const sandbox = await detail('/containers/xrdfit_1.2.0_20260301/xrdfit_1.2.0_20260301.simg');
  assert.equal(sandbox.labels['org.opencontainers.image.title'], 'xrdfit');
  assert.notEqual(sandbox.definition, null);
  const nolabels = await detail('/containers/nolabels_0.1_20250101/nolabels_0.1_20250101.simg');
  assert.match(nolabels.note ?? '', /damaged/);
  const refusals: Readonly<Record<string, RegExp>> = {
    '/containers/empty_dir_image.simg': /folder is empty/,
    '/images/error-page.sif': /HTML page/,
    [`${linux}/x86_64/broken/0.1/broken.sif`]: /truncated/
  };
  for (const [where, sentence] of Object.entries(refusals)) {
    await assert.rejects(detail(where), sentence);
  }
});

const untrusted: Readonly<Record<string, string>> = {
  'whitelist-expired': 'repository-expired',
  'whitelist-wrong-master-key': 'repository-not-trusted',
  'manifest-bad-signature': 'repository-not-trusted',
  'catalog-bit-flip': 'object-tampered',
  'catalog-valid-zlib-other-content': 'object-tampered'
};

for (const [variant, slug] of Object.entries(untrusted)) {
  test(`nothing is listed from the real repository with ${variant}`, async t => {
    if (judgeMissing !== false) {
      t.skip(judgeMissing);
      return;
    }
    const [source] = await open(t, variant);
    await assert.rejects(source.list('', undefined, 5, imagesCall()), {
      name: 'ProblemError',
      slug
    });
  });
}
