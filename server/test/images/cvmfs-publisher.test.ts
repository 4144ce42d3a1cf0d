import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { inflateSync } from 'node:zlib';
import { itemsOfFolder } from '../fakes/cvmfs/tree.ts';
import {
  judgeFolder,
  judgeMissing,
  judgeReader,
  makeSite,
  reader,
  scratch,
  serve,
  startMs,
  testKeys
} from './cvmfs-setup.ts';

const main = 'pan-images.example.org';
/** Judges certificates where it is installed. */
const openssl = 'openssl';

function hasProgram(name: string): boolean {
  try {
    execFileSync(name, ['version'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
  }
}

type Row = Record<string, unknown>;

/** Rows of a stored catalog, by path key; integers as bigint. */
function readCatalog(
  t: TestContext,
  folder: string,
  object: string
): { rows: Map<string, Row>; more: Row } {
  const file = path.join(scratch(t), 'catalog.db');
  writeFileSync(file, inflateSync(readFileSync(path.join(folder, object))));
  const db = new DatabaseSync(file, { readOnly: true });
  t.after(() => {
    db.close();
  });
  const all = (sql: string): Row[] => {
    const statement = db.prepare(sql);
    statement.setReadBigInts(true);
    return statement.all();
  };
  const rows = all(
    `select md5path_1 || ':' || md5path_2 as key, parent_1, parent_2, hardlinks, mode, mtime, flags,
       hex(cast(name as blob)) as name, hex(cast(symlink as blob)) as symlink, uid, gid, mtimens,
       case when flags & 1 = 0 then size end as size, hex(hash) as hash from catalog`
  );
  return {
    rows: new Map(rows.map(row => [String(row['key']), row])),
    more: {
      nested: all('select path, sha1 from nested_catalogs order by path'),
      properties: Object.fromEntries(
        all('select key, value from properties').map(({ key, value }) => [String(key), value])
      ),
      statistics: Object.fromEntries(
        all('select counter, value from statistics').map(({ counter, value }) => [
          String(counter),
          value
        ])
      )
    }
  };
}

test('the certificate is one that others can read', t => {
  const certificate = new X509Certificate(testKeys().certificate);
  assert.equal(certificate.verify(certificate.publicKey), true);
  assert.equal(certificate.subject, 'CN=images.example.org release manager');
  assert.ok(new Date(certificate.validTo).getTime() > startMs);
  if (!hasProgram(openssl)) {
    t.diagnostic('openssl is not here to judge the certificate');
    return;
  }
  const text = execFileSync(openssl, ['x509', '-noout', '-text'], {
    input: testKeys().certificate,
    encoding: 'utf8'
  });
  assert.match(text, /Signature Algorithm: sha256WithRSAEncryption/);
  assert.match(text, /CN ?= ?images\.example\.org release manager/);
  const file = path.join(scratch(t), 'certificate.pem');
  writeFileSync(file, testKeys().certificate);
  const verdict = execFileSync(openssl, ['verify', '-no_check_time', '-CAfile', file, file], {
    encoding: 'utf8'
  });
  assert.match(verdict, /OK/);
});

test('a folder of the disk is published and read back', async t => {
  const folder = scratch(t);
  mkdirSync(path.join(folder, 'images/box'), { recursive: true });
  writeFileSync(path.join(folder, 'images/one.sif'), 'one', { mode: 0o755 });
  writeFileSync(path.join(folder, 'images/big.sif'), 'x'.repeat(10_000));
  writeFileSync(path.join(folder, 'images/box/.cvmfscatalog'), '');
  symlinkSync('one.sif', path.join(folder, 'images/latest'));
  const { server } = await makeSite(t, itemsOfFolder(folder), { chunkBytes: 4096 });
  const repository = reader(t, [server]);
  const { entries } = await repository.readdir('/images');
  assert.deepEqual(
    entries.map(({ name, type, sizeBytes, chunked, isNestedMount }) => [
      name,
      type,
      type === 'dir' ? null : sizeBytes,
      chunked,
      isNestedMount
    ]),
    [
      ['big.sif', 'file', 10_000, true, false],
      ['box', 'dir', null, false, true],
      ['latest', 'link', 7, false, false],
      ['one.sif', 'file', 3, false, false]
    ]
  );
  assert.equal(entries[3]?.mode, 0o100_755);
  const big = await repository.readFile('/images/big.sif', 10_000);
  assert.equal(Buffer.from(big).toString(), 'x'.repeat(10_000));
});

test('revisions count up in the same folder', async t => {
  const site = await makeSite(t, [{ path: '/a', content: 'a' }]);
  assert.equal(site.published.revision, 1);
  assert.equal(site.publish([{ path: '/b', content: 'b' }]).revision, 2);
});

test(
  'the tree of a real repository, published by us, has the real rows',
  { skip: judgeMissing === false && !hasProgram('tar') ? 'tar is not here' : judgeMissing },
  async t => {
    const source = scratch(t);
    execFileSync('tar', ['-xzf', path.join(judgeFolder, 'mount-tree.tar.gz'), '-C', source]);
    const ours = await makeSite(t, itemsOfFolder(source), { chunkBytes: 1024 * 1024 });
    const realFolder = path.join(judgeFolder, 'repos', main);
    const expected = JSON.parse(
      readFileSync(path.join(judgeFolder, `${main}.expected.json`), 'utf8')
    ) as { catalogs: { path: string; object: string; rows: number }[] };

    let compared = 0;
    let equalHashes = 0;
    const visit = (ourObject: string, catalogPath: string): void => {
      const real = expected.catalogs.find(catalog => catalog.path === catalogPath);
      assert.ok(real, `no real catalog at ${catalogPath}`);
      const a = readCatalog(t, ours.folder, ourObject);
      const b = readCatalog(t, realFolder, real.object);
      for (const [key, row] of a.rows) {
        const other = b.rows.get(key);
        assert.ok(other, `a row too many in ${catalogPath}`);
        compared += 1;
        equalHashes += row['hash'] === other['hash'] ? 1 : 0;
        const isRoot = row['name'] === '';
        const strip = (full: Row): Row => ({
          ...full,
          hash: String(full['hash']).length,
          ...(isRoot ? { mtime: 0, mtimens: 0, hardlinks: 0 } : {})
        });
        assert.deepEqual(strip(row), strip(other), catalogPath);
      }
      // The archive leaves out the 22,000 files.
      assert.equal(a.rows.size, catalogPath === '/bulk' ? real.rows - 22_000 : real.rows);
      const nested = a.more['nested'] as { path: string; sha1: string }[];
      assert.deepEqual(
        nested.map(({ path: at }) => at),
        (b.more['nested'] as { path: string }[]).map(({ path: at }) => at)
      );
      const isWhole = catalogPath !== '/bulk' && catalogPath !== '';
      if (isWhole) {
        const strip = (statistics: unknown): Row => ({
          ...(statistics as Row),
          self_chunks: 0,
          subtree_chunks: 0
        });
        assert.deepEqual(strip(a.more['statistics']), strip(b.more['statistics']), catalogPath);
      }
      for (const { path: at, sha1 } of nested) {
        visit(`data/${sha1.slice(0, 2)}/${sha1.slice(2)}C`, at);
      }
    };
    visit(ours.published.rootCatalogPath, '');
    assert.equal(compared, 390);
    t.diagnostic(`${equalHashes} of ${compared} rows also have the hash of the original`);

    const judge = judgeReader(t, main, [await serve(t, realFolder, main)]);
    const repository = reader(t, [ours.server]);
    const file = '/software/packages/linux/x86_64/ptycho/2026.1/ptycho.sif';
    const bytes = await repository.readFile(file, 10_000_000);
    assert.ok(Buffer.from(bytes).equals(Buffer.from(await judge.readFile(file, 10_000_000))));
  }
);

test('objects lie where their hash says', async t => {
  const { folder, published } = await makeSite(t, [{ path: '/a', content: 'a' }]);
  const [object] = published.objects.get('/a') ?? [];
  assert.ok(object !== undefined && statSync(path.join(folder, object)).size > 0);
  assert.deepEqual(
    readdirSync(folder).toSorted(),
    ['.cvmfspublished', '.cvmfswhitelist', 'data'].toSorted()
  );
});
