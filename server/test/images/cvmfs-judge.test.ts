import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { bytesOfText } from '../../src/images/cvmfs/path-bytes.ts';
import type { CvmfsEntry, CvmfsRepository } from '../../src/images/cvmfs/port.ts';
import { serveRepository, type RepositoryServer } from '../fakes/cvmfs/serve.ts';
import { judgeFolder, judgeMissing, judgeReader, scratch } from './cvmfs-setup.ts';

const main = 'pan-images.example.org';

interface Expected {
  readonly path: string | { readonly base64: string };
  readonly type: string;
  readonly mode: string;
  readonly size: number;
  readonly mtime: number;
  readonly hash?: string;
  readonly chunks?: readonly unknown[];
  readonly target?: string;
  readonly sha256?: string;
}

interface Variant {
  readonly name: string;
  readonly expected: string;
  readonly overlay: boolean;
  readonly respond404?: readonly string[];
  readonly file?: string;
}

function bytesOf(expected: Expected): Buffer {
  return typeof expected.path === 'string'
    ? Buffer.from(expected.path)
    : Buffer.from(expected.path.base64, 'base64');
}

async function serve(t: TestContext, name: string): Promise<RepositoryServer> {
  const server = await serveRepository({ fqrn: name, root: path.join(judgeFolder, 'repos', name) });
  t.after(async () => {
    await server.close();
  });
  return server;
}

async function* walk(repository: CvmfsRepository, folder: string): AsyncGenerator<CvmfsEntry> {
  const { entries } = await repository.readdir(folder);
  for (const entry of entries) {
    yield entry;
    if (entry.type === 'dir') {
      yield* walk(repository, entry.path);
    }
  }
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

for (const name of [main, 'pan-shake128.example.org', 'pan-rmd160.example.org']) {
  test(
    `the walk of ${name} is what its maker says, byte for byte`,
    { skip: judgeMissing },
    async t => {
      const repository = judgeReader(t, name, [await serve(t, name)]);
      const found = new Map<string, CvmfsEntry>();
      for await (const entry of walk(repository, '/')) {
        const key = bytesOfText(entry.path).toString('latin1');
        if (!key.startsWith('/bulk/image-')) {
          found.set(key, entry);
        }
      }
      const lines = readFileSync(path.join(judgeFolder, `${name}.tree.jsonl`), 'utf8')
        .trim()
        .split('\n');
      assert.equal(found.size, lines.length);
      for (const line of lines) {
        const expected = JSON.parse(line) as Expected;
        const entry = found.get(bytesOf(expected).toString('latin1'));
        assert.ok(entry, line);
        assert.deepEqual(
          {
            type: entry.isNestedMount ? 'nested' : entry.type,
            mode: `0o${entry.mode.toString(8)}`,
            size: entry.sizeBytes,
            mtime: Math.floor(entry.mtimeMs / 1000),
            hash: entry.contentHash ?? undefined,
            chunked: entry.chunked,
            target: entry.linkTarget ?? undefined
          },
          {
            type: expected.type,
            mode: expected.mode,
            size: expected.size,
            mtime: expected.mtime,
            hash: expected.hash,
            chunked: expected.chunks !== undefined,
            target: expected.target
          },
          line
        );
        if (expected.sha256 !== undefined) {
          const bytes = await repository.readFile(entry.path, expected.size);
          assert.equal(sha256(bytes), expected.sha256, line);
          const head = await repository.readHead(entry.path, 100);
          assert.deepEqual(Buffer.from(head.bytes), Buffer.from(bytes.subarray(0, 100)));
        }
      }
    }
  );
}

test('state of the real repository', { skip: judgeMissing }, async t => {
  const state = await judgeReader(t, main, [await serve(t, main)]).open();
  assert.equal(state.revision, 2);
  assert.equal(state.rootHash, '686644d3d152772464288eb9412bca40c4f932a5');
  assert.equal(state.publishedAtMs, 1_795_395_285_000);
  assert.equal(state.whitelistExpiresAtMs, Date.UTC(2046, 2, 1, 12));
});

/** What the makers expect → the problem that a person sees; null for "works". */
const problemOf: readonly (readonly [RegExp, string | null])[] = [
  [/^ok/, null],
  [/^whitelist-expired/, 'repository-expired'],
  [/^whitelist-|^certificate-not-listed/, 'repository-not-trusted'],
  [/^manifest-incomplete/, 'upstream-garbled'],
  [/^manifest-/, 'repository-not-trusted'],
  [/^object-hash-mismatch/, 'object-tampered'],
  [/^not-found|^the same/, 'upstream-error']
];

const variants: readonly Variant[] =
  judgeMissing === false
    ? (JSON.parse(readFileSync(path.join(judgeFolder, 'variants.json'), 'utf8')) as Variant[])
    : [];

test('variants of the real repository', { skip: judgeMissing }, async t => {
  assert.ok(variants.length > 20);
  for (const { expected, file, name, overlay, respond404 = [] } of variants) {
    await t.test(name, async sub => {
      const server = await serve(sub, main);
      server.overlays = overlay ? [path.join(judgeFolder, 'variants', name)] : [];
      for (const missing of respond404) {
        server.answers.set(missing, 404);
      }
      const repository = judgeReader(sub, main, [server]);
      if (name === 'nested-catalog-missing') {
        const folder = '/software/packages/linux/x86_64';
        await assert.rejects(repository.readdir(`${folder}/ptycho`), { slug: 'upstream-error' });
        assert.ok((await repository.readdir(`${folder}/xrd-tools`)).entries.length > 0);
        return;
      }
      const slug = problemOf.find(([pattern]) => pattern.test(expected))?.[1];
      assert.notEqual(slug, undefined, expected);
      // Rows about one object name the file that it belongs to; those with a 404 do not.
      const object =
        respond404[0]?.startsWith('data/57') === true
          ? 'ptycho/2026.1/ptycho'
          : 'pyfai/2024.9/pyfai';
      const target =
        file ?? (respond404.length > 0 ? `/software/packages/linux/x86_64/${object}.sif` : null);
      const attempt = async (): Promise<unknown> =>
        target === null
          ? await repository.readdir('/')
          : await repository.readFile(target, 10_000_000);
      if (slug === null || slug === undefined) {
        await attempt();
        return;
      }
      await assert.rejects(attempt(), { slug });
      if (target === null) {
        await assert.rejects(repository.stat('/README.md'), { slug });
        await assert.rejects(repository.readHead('/README.md', 10), { slug });
      } else {
        assert.ok((await repository.readdir(path.dirname(target))).entries.length > 0);
      }
    });
  }
});

test(
  'the older real manifest is refused where the newer one was seen',
  { skip: judgeMissing },
  async t => {
    const server = await serve(t, main);
    const cacheDir = scratch(t);
    assert.equal((await judgeReader(t, main, [server], { cacheDir }).open()).revision, 2);
    server.overlays = [path.join(judgeFolder, 'variants', 'manifest-rollback-revision-1')];
    const state = await judgeReader(t, main, [server], { cacheDir }).open();
    assert.equal(state.revision, 2);
    assert.match(state.warnings.join(), /is behind/);
    const fresh = judgeReader(t, main, [server]);
    assert.equal((await fresh.open()).revision, 1);
    assert.ok((await fresh.readdir('/')).entries.length > 0);
  }
);

test(
  'a real mirror with web pages is named, the other one used',
  { skip: judgeMissing },
  async t => {
    const bad = await serve(t, main);
    bad.overlays = [path.join(judgeFolder, 'variants', 'manifest-html')];
    const good = await serve(t, main);
    const state = await judgeReader(t, main, [bad, good]).open();
    assert.equal(state.server, good.url.href);
    assert.match(state.warnings.join(), new RegExp(bad.url.host));
  }
);

test('the first page of 22,001 names, and all of them', { skip: judgeMissing }, async t => {
  const repository = judgeReader(t, main, [await serve(t, main)]);
  const first = await repository.readdir('/bulk', { limit: 200 });
  assert.equal(first.entries.length, 200);
  assert.equal(first.more, true);
  assert.equal(first.entries[0]?.name, '.cvmfscatalog');
  assert.equal(first.entries[1]?.path, '/bulk/image-00000_20260101.sif');
  const all = await repository.readdir('/bulk');
  assert.equal(all.entries.length, 22_001);
  assert.equal(all.entries.at(-1)?.path, '/bulk/image-21999_20260420.sif');
  const next = await repository.readdir('/bulk', {
    limit: 200,
    after: first.entries.at(-1)?.name ?? ''
  });
  assert.deepEqual(next.entries, all.entries.slice(200, 400));
});

test(
  'a walk of /software asks for the root and two nested catalogs',
  { skip: judgeMissing },
  async t => {
    const server = await serve(t, main);
    let entries = 0;
    for await (const _ of walk(judgeReader(t, main, [server]), '/software')) {
      entries += 1;
    }
    assert.ok(entries > 20);
    const catalogs = server.requests.filter(file => file.endsWith('C'));
    assert.deepEqual(catalogs.toSorted(), [
      'data/17/0e4cd0e510f3ad1ce4e1e6001d455a2eb46c95C',
      'data/18/b7a49c780483a9a84756293ace901c9513beafC',
      'data/68/6644d3d152772464288eb9412bca40c4f932a5C'
    ]);
    assert.equal(server.requests.length, 6, 'and manifest, whitelist, certificate');
  }
);

test('links of the real repository that lead out are refused', { skip: judgeMissing }, async t => {
  const repository = judgeReader(t, main, [await serve(t, main)]);
  for (const name of ['absolute-outside', 'relative-outside', 'loop-a']) {
    await assert.rejects(repository.resolve(`/links/${name}`), { slug: 'path-not-allowed' }, name);
  }
  await assert.rejects(repository.resolve('/links/dangling'), { slug: 'image-not-found' });
  for (const name of ['absolute-inside', 'variant', 'self/self/variant']) {
    assert.equal((await repository.resolve(`/links/${name}`)).path, '/images/-rf.sif', name);
  }
});
