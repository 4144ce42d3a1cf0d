import assert from 'node:assert/strict';
import { createCipheriv, createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import type { ProblemSlug } from '#contract';
import { ProblemError } from '../../src/core/problem.ts';
import type { StoreProfile } from '../../src/facility/profile.ts';
import type { ExpectedChecksum, PullFile, TransferBackend } from '../../src/transfers/port.ts';
import { testCall } from '../support/test-call.ts';
import { until } from '../support/until.ts';

/** A backend with a store that a test can fill. */
export interface BackendBench {
  readonly backend: TransferBackend;
  readonly store: StoreProfile;
  /** An empty folder to pull into. */
  readonly folder: string;
  /** Puts a file into the store and says its address. */
  put(name: string, bytes: Uint8Array): URL;
  /** The store sends so many bytes in all, then nothing more. */
  holdAfter(bytes: number): void;
  /** Bytes that the store has sent so far. */
  served(): number;
}

/** Bytes that nobody guesses and everybody can make again. */
export function sampleBytes(length: number, seed = 'sample'): Buffer {
  const key = createHash('md5').update(seed).digest();
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
}

export function sha256Of(bytes: Uint8Array): ExpectedChecksum {
  return {
    algorithm: 'sha256',
    value: createHash('sha256').update(bytes).digest('hex'),
    source: 'SHA256SUMS'
  };
}

/** Asserts the problem and that its sentence is one that a person can read. */
export async function refuses(result: Promise<unknown>, slug: ProblemSlug): Promise<ProblemError> {
  let thrown: unknown;
  await assert.rejects(result, (error: unknown) => {
    thrown = error;
    return true;
  });
  assert.ok(thrown instanceof ProblemError, String(thrown));
  assert.equal(thrown.slug, slug, thrown.message);
  assert.match(thrown.message, /^["/A-Za-z0-9].*\.$/s);
  assert.doesNotMatch(thrown.message, /<|secret|stack|Bearer|undefined|\[object/);
  assert.ok(thrown.message.length < 500, thrown.message);
  return thrown;
}

const MIB = 1024 * 1024;

/** Every backend passes these. */
export function transferBackendConformance(
  name: string,
  open: (t: TestContext) => Promise<BackendBench>
): void {
  const check = (title: string, body: (bench: BackendBench) => Promise<void>): void => {
    test(`transfer backend ${name}: ${title}`, async t => body(await open(t)));
  };
  const fileOf = (bench: BackendBench, url: URL, more: Partial<PullFile> = {}): PullFile => ({
    url,
    target: path.join(bench.folder, 'scan.h5'),
    sizeBytes: null,
    checksum: null,
    checksumHeader: null,
    ...more
  });
  const ignore = (): void => undefined;

  check('pulls a file byte for byte; without a checksum it is as sent', async bench => {
    const bytes = sampleBytes(3 * MIB + 17);
    const file = fileOf(bench, bench.put('scan.h5', bytes), { sizeBytes: bytes.length });
    const result = await bench.backend.pull(bench.store, file, testCall(), ignore);
    const { sent, ...known } = result;
    assert.deepEqual(known, { bytes: bytes.length, state: 'as-sent', checksum: null });
    assert.equal(sent?.sizeBytes, bytes.length);
    assert.ok(readFileSync(file.target).equals(bytes));
    await bench.backend.discard(file);
    assert.deepEqual(readdirSync(bench.folder), ['scan.h5']);
  });

  check('says verified when the checksum agrees', async bench => {
    const bytes = sampleBytes(2 * MIB);
    const checksum = sha256Of(bytes);
    const file = fileOf(bench, bench.put('scan.h5', bytes), { checksum });
    const result = await bench.backend.pull(bench.store, file, testCall(), ignore);
    assert.deepEqual(result, { bytes: bytes.length, state: 'verified', checksum });
  });

  check('leaves nothing when the checksum does not agree', async bench => {
    const bytes = sampleBytes(2 * MIB);
    const checksum = sha256Of(sampleBytes(10, 'other'));
    const file = fileOf(bench, bench.put('scan.h5', bytes), { checksum });
    await refuses(bench.backend.pull(bench.store, file, testCall(), ignore), 'checksum-mismatch');
    assert.deepEqual(readdirSync(bench.folder), []);
  });

  check('refuses a file of another size than the catalogue says', async bench => {
    const file = fileOf(bench, bench.put('scan.h5', sampleBytes(1000)), { sizeBytes: 1001 });
    await refuses(bench.backend.pull(bench.store, file, testCall(), ignore), 'size-mismatch');
    assert.deepEqual(readdirSync(bench.folder), []);
  });

  check('says that a file is missing', async bench => {
    const url = new URL('gone.h5', bench.put('scan.h5', sampleBytes(10)));
    await refuses(
      bench.backend.pull(bench.store, fileOf(bench, url), testCall(), ignore),
      'file-missing'
    );
  });

  check('pulls an empty file', async bench => {
    const checksum = sha256Of(new Uint8Array());
    const file = fileOf(bench, bench.put('empty', new Uint8Array()), { sizeBytes: 0, checksum });
    const result = await bench.backend.pull(bench.store, file, testCall(), ignore);
    assert.equal(result.state, 'verified');
    assert.equal(readFileSync(file.target).length, 0);
  });

  check('never writes over another file', async bench => {
    const bytes = sampleBytes(5000);
    const file = fileOf(bench, bench.put('scan.h5', bytes), { checksum: sha256Of(bytes) });
    writeFileSync(file.target, 'mine');
    await refuses(bench.backend.pull(bench.store, file, testCall(), ignore), 'target-exists');
    assert.equal(readFileSync(file.target, 'utf8'), 'mine');
  });

  check('recognises the same file and fetches nothing', async bench => {
    const bytes = sampleBytes(5000);
    const file = fileOf(bench, bench.put('scan.h5', bytes), { checksum: sha256Of(bytes) });
    writeFileSync(file.target, bytes);
    const result = await bench.backend.pull(bench.store, file, testCall(), ignore);
    assert.equal(result.state, 'verified');
    assert.equal(bench.served(), 0);
  });

  check('tells progress that only grows, up to the size', async bench => {
    const bytes = sampleBytes(4 * MIB);
    const told: number[] = [];
    const file = fileOf(bench, bench.put('scan.h5', bytes));
    await bench.backend.pull(bench.store, file, testCall(), count => told.push(count));
    assert.deepEqual(
      told,
      told.toSorted((a, b) => a - b)
    );
    assert.equal(told.at(-1), bytes.length);
  });

  const pullHalf = async (bench: BackendBench, file: PullFile): Promise<void> => {
    bench.holdAfter(24 * MIB);
    const stop = new AbortController();
    const pull = bench.backend.pull(bench.store, file, testCall(stop.signal), ignore);
    const rejected = assert.rejects(pull, /enough/);
    await until('24 MiB served', () => bench.served() >= 24 * MIB);
    stop.abort(new Error('enough'));
    await rejected;
    bench.holdAfter(Number.POSITIVE_INFINITY);
  };

  check('stops when told, keeps what it has and goes on', async bench => {
    const bytes = sampleBytes(64 * MIB);
    const file = fileOf(bench, bench.put('scan.h5', bytes), { checksum: sha256Of(bytes) });
    await pullHalf(bench, file);
    assert.ok(!existsSync(file.target), 'nothing half has the final name');
    assert.ok(readdirSync(bench.folder).length > 0, 'what came is kept');
    const before = bench.served();
    const result = await bench.backend.pull(bench.store, file, testCall(), ignore);
    assert.equal(result.state, 'verified');
    if (bench.backend.features.resumesInFile) {
      assert.ok(bench.served() - before < bytes.length - 4 * MIB, 'not everything came again');
    }
  });

  check('throws away what an unfinished pull left', async bench => {
    const file = fileOf(bench, bench.put('scan.h5', sampleBytes(64 * MIB)));
    await pullHalf(bench, file);
    await bench.backend.discard(file);
    assert.deepEqual(readdirSync(bench.folder), []);
  });

  check(
    'finds a flipped byte, a changed length and a missing file when it verifies',
    async bench => {
      const bytes = sampleBytes(100_000);
      const file = fileOf(bench, bench.put('scan.h5', bytes), {
        sizeBytes: bytes.length,
        checksum: sha256Of(bytes)
      });
      await refuses(bench.backend.verify(file, testCall()), 'file-removed');
      await bench.backend.pull(bench.store, file, testCall(), ignore);
      assert.equal((await bench.backend.verify(file, testCall())).state, 'verified');
      const flipped = Buffer.from(bytes);
      flipped[50_000] = (flipped[50_000] ?? 0) ^ 1;
      writeFileSync(file.target, flipped);
      await refuses(bench.backend.verify(file, testCall()), 'checksum-mismatch');
      writeFileSync(file.target, flipped.subarray(1));
      await refuses(bench.backend.verify(file, testCall()), 'size-mismatch');
    }
  );
}
