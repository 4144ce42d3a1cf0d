import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import type { ProblemSlug } from '#contract';
import type { PullFile } from '../../src/transfers/port.ts';
import { refuses, sampleBytes, sha256Of } from '../conformance/transfer-backend.ts';
import type { FaultyStore, StoredObject, StoreFault } from '../fakes/faulty-store/server.ts';
import { tempDir } from '../support/temp-dir.ts';
import { testCall } from '../support/test-call.ts';
import { CHUNK, openHttpBench, type HttpBench } from './http-setup.ts';

const root = tempDir('faults');
const SIZE = 10 * CHUNK + 123;
const bytes = sampleBytes(SIZE);
const ignore = (): void => undefined;

type Fault = FaultyStore['fault'];

interface Case {
  readonly object?: Partial<StoredObject>;
  readonly file?: Partial<PullFile>;
  readonly idleMs?: number;
  readonly fault?: (bench: HttpBench) => Fault;
}

async function open(t: TestContext, given: Case): Promise<[HttpBench, PullFile]> {
  const bench = await openHttpBench(t, root, { pull: { idleMs: given.idleMs ?? 10_000 } });
  const url = bench.put('scan.h5', { bytes, ...given.object });
  bench.faulty.fault = given.fault?.(bench) ?? (() => null);
  return [bench, bench.fileOf(url, given.file)];
}

/** The pull ends well in spite of the fault. */
function survives(title: string, state: 'verified' | 'as-sent', given: Case): void {
  test(`fault: ${title} → ${state}`, async t => {
    const [bench, file] = await open(t, given);
    const expected = given.object?.bytes ?? bytes;
    const told: number[] = [];
    const result = await bench.backend.pull(bench.store, file, testCall(), count =>
      told.push(count)
    );
    assert.equal(result.state, state);
    assert.equal(result.bytes, expected.length);
    assert.equal(told.at(-1), expected.length, 'progress ends at the size');
    assert.ok(readFileSync(file.target).equals(expected), 'byte for byte');
  });
}

/** The pull ends with one clear sentence and nothing under the final name. */
function fails(title: string, slug: ProblemSlug, given: Case, sentence: RegExp = /./): void {
  test(`fault: ${title} → ${slug}`, async t => {
    const [bench, file] = await open(t, given);
    const thrown = await refuses(bench.backend.pull(bench.store, file, testCall(), ignore), slug);
    assert.match(thrown.message, sentence);
    assert.ok(!existsSync(file.target), 'nothing has the final name');
  });
}

/** The same fault for every request. */
const always =
  (fault: StoreFault): ((bench: HttpBench) => Fault) =>
  () =>
  () =>
    fault;
/** Only for ranges behind the probe. */
const inRanges =
  (fault: StoreFault): ((bench: HttpBench) => Fault) =>
  () =>
  seen =>
    seen.isProbe ? null : fault;
/** Only for the first `count` requests. */
const first =
  (count: number, fault: StoreFault): ((bench: HttpBench) => Fault) =>
  () =>
  (_seen, nth) =>
    nth < count ? fault : null;
const verified = { checksum: sha256Of(bytes) };

survives('every range is cut after 40,000 bytes', 'verified', {
  file: verified,
  fault: inRanges({ kind: 'cut', after: 40_000 })
});
survives('ranges are ignored', 'verified', {
  file: verified,
  fault: always({ kind: 'ignore-range' })
});
survives('ranges are ignored and there is no checksum', 'as-sent', {
  fault: always({ kind: 'ignore-range' })
});
survives('pieces of unknown length and no ranges', 'verified', {
  file: verified,
  fault: always({ kind: 'chunked' })
});
survives('pieces of unknown length, known to the catalogue', 'as-sent', {
  file: { sizeBytes: SIZE },
  fault: always({ kind: 'chunked' })
});
survives('500 three times, then fine', 'verified', {
  file: verified,
  fault: first(3, { kind: 'status', status: 500 })
});
survives('429 with Retry-After 0', 'verified', {
  file: verified,
  fault: first(2, { kind: 'status', status: 429, headers: { 'retry-after': '0' } })
});
survives('503 with a date in the past', 'verified', {
  file: verified,
  fault: first(2, {
    kind: 'status',
    status: 503,
    headers: { 'retry-after': 'Wed, 01 Jan 2020 00:00:00 GMT' }
  })
});
survives('ranges are wrong twice', 'verified', {
  file: verified,
  fault: () => {
    let left = 2;
    return seen => (!seen.isProbe && left-- > 0 ? { kind: 'wrong-range' } : null);
  }
});
survives('a range is too long once', 'verified', {
  file: verified,
  fault: () => {
    let left = 1;
    return seen => (!seen.isProbe && left-- > 0 ? { kind: 'longer', by: 1000 } : null);
  }
});
survives('a range stalls once', 'verified', {
  file: verified,
  idleMs: 200,
  fault: () => {
    let left = 1;
    return seen => (!seen.isProbe && left-- > 0 ? { kind: 'stall', after: 1000 } : null);
  }
});
survives('an empty file', 'verified', {
  object: { bytes: new Uint8Array() },
  file: { checksum: sha256Of(new Uint8Array()) }
});
survives('Last-Modified only', 'as-sent', { object: { validator: 'last-modified' } });
survives('a weak ETag only', 'as-sent', { object: { validator: 'weak' } });
survives('no validator', 'as-sent', { object: { validator: 'none' } });
survives('no validator, but a checksum', 'verified', {
  object: { validator: 'none' },
  file: verified
});
survives('a redirect within the store', 'verified', {
  file: verified,
  fault: ({ faulty }) => {
    faulty.objects.set('/data/real.h5', { bytes });
    return seen => (seen.path === '/data/scan.h5' ? { kind: 'redirect', to: 'real.h5' } : null);
  }
});

fails(
  'the address is refused',
  'store-refused',
  { fault: always({ kind: 'status', status: 403 }) },
  /403/
);
fails(
  'the file is gone',
  'file-missing',
  { fault: always({ kind: 'status', status: 410 }) },
  /scan\.h5/
);
fails('500 for ever', 'upstream-error', { fault: always({ kind: 'status', status: 500 }) }, /500/);
fails('429 for ever', 'upstream-error', {
  fault: always({ kind: 'status', status: 429, headers: { 'retry-after': '0' } })
});
fails('ranges always start elsewhere', 'upstream-garbled', {
  fault: inRanges({ kind: 'wrong-range' })
});
fails('ranges are always too long', 'upstream-garbled', {
  fault: inRanges({ kind: 'longer', by: 5 })
});
fails('ranges are always too short', 'upstream-garbled', {
  fault: inRanges({ kind: 'shorter', by: 5 })
});
fails('the body is encoded', 'upstream-garbled', { fault: inRanges({ kind: 'encoded' }) });
fails('not HTTP', 'upstream-garbled', {
  fault: inRanges({ kind: 'raw', text: 'SSH-2.0-OpenSSH_9.2\r\n\r\n' })
});
fails('a head without end', 'upstream-garbled', {
  fault: inRanges({ kind: 'raw', text: `HTTP/1.1 206 OK\r\n${'x: y\r\n'.repeat(20_000)}` })
});
fails('every range stalls', 'upstream-unreachable', {
  idleMs: 100,
  fault: inRanges({ kind: 'stall', after: 1000 })
});
fails('every range drips', 'upstream-unreachable', {
  idleMs: 100,
  fault: inRanges({ kind: 'drip', everyMs: 10 })
});
fails('the whole file drips', 'upstream-unreachable', {
  idleMs: 100,
  object: { validator: 'none' },
  fault: inRanges({ kind: 'drip', everyMs: 10 })
});
fails('every connection is cut at once', 'upstream-unreachable', {
  fault: inRanges({ kind: 'cut', after: 0 })
});
fails(
  'a web page instead of data',
  'upstream-garbled',
  { fault: always({ kind: 'html' }) },
  /web page/
);
fails(
  'a web page although the size is known',
  'upstream-garbled',
  {
    file: { sizeBytes: SIZE },
    fault: always({ kind: 'html' })
  },
  /web page/
);
fails('a redirect to a sign-in page outside the store', 'upstream-garbled', {
  fault: always({ kind: 'redirect', to: '/login' })
});
fails('redirects in a circle', 'upstream-garbled', {
  fault: always({ kind: 'redirect', to: '/data/scan.h5' })
});
fails('longer than the catalogue says, in pieces of unknown length', 'size-mismatch', {
  file: { sizeBytes: SIZE - 1000 },
  fault: always({ kind: 'chunked' })
});
fails('shorter than the catalogue says, in pieces of unknown length', 'size-mismatch', {
  file: { sizeBytes: SIZE + 1 },
  fault: always({ kind: 'chunked' })
});
fails('a wrong checksum', 'checksum-mismatch', {
  file: { checksum: sha256Of(Buffer.from('other')) }
});
fails('a wrong checksum without ranges', 'checksum-mismatch', {
  file: { checksum: sha256Of(Buffer.from('other')) },
  fault: always({ kind: 'ignore-range' })
});

for (const kind of ['replaced', 'replaced behind a store that ignores If-Range'] as const) {
  test(`fault: the file is ${kind} midway → file-changed, and the next try gets the new one`, async t => {
    const newer = sampleBytes(SIZE, 'newer');
    let ranges = 0;
    const [bench, file] = await open(t, {
      fault:
        ({ faulty }) =>
        seen => {
          if (!seen.isProbe && ++ranges === 4) {
            faulty.objects.set('/data/scan.h5', { bytes: newer, version: 2 });
          }
          return kind === 'replaced' ? null : { kind: 'ignore-if-range' };
        }
    });
    await refuses(bench.backend.pull(bench.store, file, testCall(), ignore), 'file-changed');
    assert.deepEqual(readdirSync(bench.folder), [], 'nothing of the old one stays');
    const result = await bench.backend.pull(bench.store, file, testCall(), ignore);
    assert.equal(result.state, 'as-sent');
    assert.ok(readFileSync(file.target).equals(newer));
  });
}

test('fault: a file that is replaced between two tries is not made of both', async t => {
  const newer = sampleBytes(SIZE, 'newer');
  let ranges = 0;
  const [bench, file] = await open(t, {
    fault: () => seen => (!seen.isProbe && ++ranges > 4 ? { kind: 'status', status: 403 } : null)
  });
  await refuses(bench.backend.pull(bench.store, file, testCall(), ignore), 'store-refused');
  bench.faulty.objects.set('/data/scan.h5', { bytes: newer, version: 2 });
  bench.faulty.fault = () => null;
  await bench.backend.pull(bench.store, file, testCall(), ignore);
  assert.ok(readFileSync(file.target).equals(newer));
});

test('a cut range goes on where it broke: hardly a byte comes twice', async t => {
  const [bench, file] = await open(t, {
    file: verified,
    fault: inRanges({ kind: 'cut', after: 40_000 })
  });
  await bench.backend.pull(bench.store, file, testCall(), ignore);
  assert.ok(bench.faulty.served() < SIZE * 1.05, `${bench.faulty.served()} of ${SIZE}`);
});

test('checksums from a header: verified; of another file: refused', async t => {
  const digest = createHash('sha256').update(bytes).digest('base64');
  const [bench, file] = await open(t, {
    object: { headers: { 'repr-digest': `sha-256=:${digest}:` } },
    file: { checksumHeader: 'Repr-Digest' }
  });
  const result = await bench.backend.pull(bench.store, file, testCall(), ignore);
  assert.equal(result.state, 'verified');
  assert.equal(result.checksum?.source, 'header Repr-Digest');
  assert.equal(
    bench.faulty.requests[0]?.headers['want-repr-digest'],
    'sha-256=9, sha-512=5, md5=1'
  );
  const again = await bench.backend.pull(bench.store, file, testCall(), ignore);
  assert.equal(again.state, 'verified', 'what is here is judged by the header too');
});

test('Content-MD5 of the probe is of one byte; HEAD has that of the file', async t => {
  const md5 = createHash('md5').update(bytes).digest('base64');
  const [bench, file] = await open(t, {
    object: { headers: { 'content-md5': md5 } },
    file: { checksumHeader: 'Content-MD5' }
  });
  const result = await bench.backend.pull(bench.store, file, testCall(), ignore);
  assert.equal(result.state, 'verified');
  assert.ok(bench.faulty.requests.some(({ method }) => method === 'HEAD'));
});

test('a header that does not come leaves the file as sent', async t => {
  const [bench, file] = await open(t, { file: { checksumHeader: 'Digest' } });
  const result = await bench.backend.pull(bench.store, file, testCall(), ignore);
  assert.equal(result.state, 'as-sent');
});
