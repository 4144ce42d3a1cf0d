import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import { after, describe, it, type TestContext } from 'node:test';
import type { CallContext } from '../../src/core/call-context.ts';
import { Secret } from '../../src/core/secret.ts';
import { StoreProfile } from '../../src/facility/profile.ts';
import { HttpBackend } from '../../src/transfers/adapters/http.ts';
import type { PullFile } from '../../src/transfers/port.ts';
import { refuses, sampleBytes, sha256Of } from '../conformance/transfer-backend.ts';
import { findNginx, nginxToken, startNginx, type Nginx } from '../support/nginx.ts';
import { tempDir } from '../support/temp-dir.ts';
import { testCall } from '../support/test-call.ts';
import { openServiceBench } from '../transfers/service-setup.ts';

const MIB = 1024 * 1024;
/** A name that nothing on the way may change. */
const SCAN = 'Größe #1 100%?.h5';
const program = findNginx();
const skip = program === null ? 'nginx is not installed' : false;

describe('pulling from a real nginx', { skip }, () => {
  const root = tempDir('pull-nginx');
  const content = path.join(root, 'content');
  const bytes = sampleBytes(9 * MIB + 12_345);
  let started: Promise<Nginx> | null = null;
  const store = (): Promise<Nginx> => {
    if (started === null) {
      mkdirSync(content, { recursive: true });
      writeFileSync(path.join(content, SCAN), bytes);
      writeFileSync(path.join(content, 'empty'), '');
      started = startNginx(program ?? '', path.join(root, 'nginx'), content, { tls: true });
    }
    return started;
  };
  after(async () => (await started)?.stop());

  const setUp = async (
    t: TestContext,
    place: string,
    more: Partial<StoreProfile> = {}
  ): Promise<{
    nginx: Nginx;
    backend: HttpBackend;
    profile: StoreProfile;
    fileOf: (name: string, more?: Partial<PullFile>) => PullFile;
  }> => {
    const nginx = await store();
    const backend = new HttpBackend(name => name, { firstBackoffMs: 1, isSynced: false });
    t.after(() => backend.close());
    const base = `${place.startsWith('https:') ? (nginx.httpsUrl ?? '') : nginx.url}/${place.replace('https:', '')}/`;
    const folder = mkdtempSync(path.join(root, 'to-'));
    return {
      nginx,
      backend,
      profile: StoreProfile.parse({
        id: 'nginx',
        title: 'nginx',
        kind: 'http',
        url: base,
        chunk_bytes: MIB,
        ...more
      }),
      fileOf: (name, changes = {}) => ({
        url: new URL(encodeURIComponent(name), base),
        target: path.join(folder, name),
        sizeBytes: null,
        checksum: null,
        checksumHeader: null,
        ...changes
      })
    };
  };
  const ignore = (): void => undefined;

  it('pulls by parallel ranges, each byte once', async t => {
    const { backend, fileOf, nginx, profile } = await setUp(t, 'data');
    const before = nginx.served();
    const file = fileOf(SCAN, { checksum: sha256Of(bytes) });
    const result = await backend.pull(profile, file, testCall(), ignore);
    assert.equal(result.state, 'verified');
    assert.ok(readFileSync(file.target).equals(bytes));
    const served = nginx.served() - before;
    assert.ok(served <= bytes.length + 1, `${served} bytes for ${bytes.length}`);
    const ranges = nginx.requests().filter(({ status }) => status === 206);
    assert.ok(new Set(ranges.map(({ range }) => range)).size >= 10, 'ten chunks of 1 MiB');
  });

  it('pulls an empty file, and says which one is missing', async t => {
    const { backend, fileOf, profile } = await setUp(t, 'data');
    const { sent, ...result } = await backend.pull(profile, fileOf('empty'), testCall(), ignore);
    assert.deepEqual(result, { bytes: 0, state: 'as-sent', checksum: null });
    assert.equal(sent?.sizeBytes, 0);
    await refuses(backend.pull(profile, fileOf('gone'), testCall(), ignore), 'file-missing');
  });

  it('pulls over https with the authority of the profile, and not without it', async t => {
    const authority = path.join(root, 'nginx', 'cert.pem');
    const trusted = await setUp(t, 'https:data', { ca_file: authority });
    const file = trusted.fileOf(SCAN, { checksum: sha256Of(bytes) });
    const result = await trusted.backend.pull(trusted.profile, file, testCall(), ignore);
    assert.equal(result.state, 'verified');
    const other = await setUp(t, 'https:data');
    await refuses(
      other.backend.pull(other.profile, other.fileOf(SCAN), testCall(), ignore),
      'upstream-unreachable'
    );
  });

  it('reads a manifest behind the authority of the profile', async t => {
    const { httpsUrl } = await store();
    const digest = sha256Of(bytes).value;
    writeFileSync(path.join(content, 'SHA256SUMS'), `${digest}  ${SCAN}\n`);
    const base = `${httpsUrl ?? ''}/data/`;
    const profile = {
      id: 'nginx',
      title: 'nginx',
      kind: 'http',
      url: base,
      ca_file: path.join(root, 'nginx', 'cert.pem'),
      checksums: { manifest: 'SHA256SUMS' }
    };
    const bench = await openServiceBench(t, { files: {}, profile: { stores: [profile] } });
    const id = await bench.start({ url: new URL(encodeURIComponent(SCAN), base).href });
    assert.equal((await bench.reaches(id, 'verified')).bytes, bytes.length);
  });

  it('pulls in one stream where nginx has no ranges', async t => {
    const { backend, fileOf, nginx, profile } = await setUp(t, 'whole');
    const before = nginx.requests().length;
    const file = fileOf(SCAN, { checksum: sha256Of(bytes) });
    const result = await backend.pull(profile, file, testCall(), ignore);
    assert.equal(result.state, 'verified');
    assert.ok(readFileSync(file.target).equals(bytes));
    const full = nginx
      .requests()
      .slice(before)
      .filter(request => request.bytes >= bytes.length);
    assert.equal(full.length, 1);
    assert.equal(full[0]?.status, 200);
  });

  it('renews a token that nginx refuses, once, and waits for the person when that fails', async t => {
    const { backend, fileOf, profile } = await setUp(t, 'token', { token_from: 'idp' });
    const asked: (string | null)[] = [];
    const call: CallContext = {
      ...testCall(),
      token: (_provider, stale) => {
        asked.push(stale?.reveal() ?? null);
        return Promise.resolve(new Secret(asked.includes('old') ? nginxToken : 'old'));
      }
    };
    const file = fileOf(SCAN, { checksum: sha256Of(bytes) });
    assert.equal((await backend.pull(profile, file, call, ignore)).state, 'verified');
    assert.equal(asked.filter(stale => stale === 'old').length, 1);
    await refuses(backend.pull(profile, fileOf('empty'), testCall(), ignore), 'sign-in-needed');
  });

  it('gets the new file from its beginning when nginx has another one', async t => {
    const { backend, fileOf, profile } = await setUp(t, 'slow');
    const first = sampleBytes(12 * MIB, 'first');
    const second = sampleBytes(12 * MIB, 'second');
    const source = path.join(content, 'changing.h5');
    writeFileSync(source, first);
    utimesSync(source, 1_700_000_000, 1_700_000_000);
    const file = fileOf('changing.h5');
    const stop = new AbortController();
    await assert.rejects(
      backend.pull(profile, file, testCall(stop.signal), count => {
        if (count > 2 * MIB) {
          stop.abort(new Error('enough'));
        }
      }),
      /enough/
    );
    writeFileSync(source, second);
    utimesSync(source, 1_700_000_100, 1_700_000_100);
    await backend.pull(profile, file, testCall(), ignore);
    assert.ok(readFileSync(file.target).equals(second), 'not a mixture of two versions');
    await backend.discard(file);
    assert.deepEqual(readdirSync(path.dirname(file.target)), ['changing.h5']);
  });
});
