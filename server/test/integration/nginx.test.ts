import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { StoreProfile } from '../../src/facility/profile.ts';
import { HttpBackend } from '../../src/transfers/adapters/http.ts';
import type { PullFile } from '../../src/transfers/port.ts';
import { refuses, sampleBytes, sha256Of } from '../conformance/transfer-backend.ts';
import { findNginx, startNginx } from '../support/nginx.ts';
import { tempDir } from '../support/temp-dir.ts';
import { testCall } from '../support/test-call.ts';
import { until } from '../support/until.ts';

const program = findNginx();
const skip = program === null ? 'nginx is not installed' : false;
const CHUNK = 1_048_576;

async function openNginx(t: TestContext) {
  const folder = tempDir('nginx');
  const root = path.join(folder, 'root');
  mkdirSync(root);
  const nginx = await startNginx(program ?? '', path.join(folder, 'server'), root);
  const backend = new HttpBackend(name => name, { firstBackoffMs: 1, isSynced: false });
  t.after(async () => {
    await backend.close();
    await nginx.stop();
  });
  const store = StoreProfile.parse({
    id: 'nginx',
    title: 'nginx',
    kind: 'http',
    url: `${nginx.url}/`,
    chunk_bytes: CHUNK
  });
  const target = path.join(mkdtempSync(path.join(folder, 'pull-')), 'scan.h5');
  const lines = (): string[] => readFileSync(nginx.log, 'utf8').trim().split('\n');
  const fileOf = (name: string, more: Partial<PullFile> = {}): PullFile => ({
    url: new URL(encodeURIComponent(name), `${nginx.url}/`),
    target,
    sizeBytes: null,
    checksum: null,
    checksumHeader: null,
    ...more
  });
  return { nginx, root, backend, store, target, lines, fileOf };
}

test('nginx: ranges, byte for byte, odd names', { skip }, async t => {
  const { backend, fileOf, lines, root, store, target } = await openNginx(t);
  const bytes = sampleBytes(9 * CHUNK + 77);
  const name = 'Größe #1 100%?.h5';
  writeFileSync(path.join(root, name), bytes);
  const file = fileOf(name, { checksum: sha256Of(bytes), sizeBytes: bytes.length });
  const result = await backend.pull(store, file, testCall(), () => undefined);
  assert.equal(result.state, 'verified');
  assert.ok(readFileSync(target).equals(bytes));
  await until('all in the log', () => lines().filter(line => line.startsWith('206 ')).length >= 11);
});

test('nginx: a file that is replaced midway is noticed by If-Range', { skip }, async t => {
  const { backend, fileOf, root, store, target } = await openNginx(t);
  const file = fileOf('scan.h5');
  const older = sampleBytes(64 * CHUNK, 'older');
  const newer = sampleBytes(64 * CHUNK, 'newer');
  writeFileSync(path.join(root, 'scan.h5'), older);
  const stop = new AbortController();
  const pull = backend.pull({ ...store, streams: 1 }, file, testCall(stop.signal), bytes => {
    if (bytes > 0) {
      stop.abort(new Error('enough'));
    }
  });
  await assert.rejects(pull, /enough/);
  writeFileSync(path.join(root, 'scan.h5'), newer);
  utimesSync(path.join(root, 'scan.h5'), 1_700_000_000, 1_700_000_000);
  const result = await backend.pull(store, file, testCall(), () => undefined);
  assert.equal(result.state, 'as-sent');
  assert.ok(readFileSync(target).equals(newer), 'not made of both');
});

test('nginx: an empty file and a missing one', { skip }, async t => {
  const { backend, fileOf, root, store, target } = await openNginx(t);
  writeFileSync(path.join(root, 'empty'), '');
  await backend.pull(store, fileOf('empty'), testCall(), () => undefined);
  assert.equal(readFileSync(target).length, 0);
  await refuses(
    backend.pull(store, { ...fileOf('gone'), target: `${target}-2` }, testCall(), () => undefined),
    'file-missing'
  );
});
