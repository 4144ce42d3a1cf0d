import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { refuses, sampleBytes, sha256Of } from '../conformance/transfer-backend.ts';
import { tempDir } from '../support/temp-dir.ts';
import { testCall } from '../support/test-call.ts';
import { openHttpBench } from '../transfers/http-setup.ts';

const MIB = 1024 * 1024;
const isRoot = process.getuid?.() === 0;

/** Mounts a small file system, or says why not. */
function mountSmall(folder: string, megabytes: number): string | null {
  if (!isRoot) {
    return 'a small file system can be mounted by root only';
  }
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=777`, 'tmpfs', folder], {
      stdio: 'ignore'
    });
    return null;
  } catch {
    return 'this machine lets nobody mount a file system';
  }
}

describe('pulling to a disk that will not have it', () => {
  const root = tempDir('pull-disk');

  it('says that the disk is full, keeps what it has and goes on when there is space', async t => {
    const folder = path.join(root, 'small');
    mkdirSync(folder);
    const reason = mountSmall(folder, 8);
    if (reason !== null) {
      t.skip(reason);
      return;
    }
    t.after(() => execFileSync('umount', [folder]));
    const bench = await openHttpBench(t, root, { pull: { retries: 0 } });
    const bytes = sampleBytes(6 * MIB);
    const file = bench.fileOf(bench.put('scan.h5', { bytes }), {
      target: path.join(folder, 'scan.h5'),
      checksum: sha256Of(bytes)
    });
    const ballast = path.join(folder, 'ballast');
    // Somebody else fills the disk while we pull, so that no look at the free space can foresee it.
    const full = bench.backend.pull(bench.store, file, testCall(), () => {
      if (!existsSync(ballast)) {
        writeFileSync(ballast, Buffer.alloc(5 * MIB));
      }
    });
    await refuses(full, 'disk-full');
    assert.ok(!existsSync(file.target), 'nothing half has the final name');
    rmSync(ballast);
    const before = bench.faulty.served();
    const result = await bench.backend.pull(bench.store, file, testCall(), () => undefined);
    assert.equal(result.state, 'verified');
    assert.ok(readFileSync(file.target).equals(bytes));
    assert.ok(bench.faulty.served() - before < bytes.length, 'what was there is not fetched again');
  });

  it('says that a read-only folder cannot be written', async t => {
    const folder = path.join(root, 'read-only');
    mkdirSync(folder);
    if (isRoot) {
      const reason = mountSmall(folder, 1);
      if (reason !== null) {
        t.skip(reason);
        return;
      }
      t.after(() => execFileSync('umount', [folder]));
      execFileSync('mount', ['-o', 'remount,ro', folder]);
    } else {
      chmodSync(folder, 0o555);
      t.after(() => chmodSync(folder, 0o755));
    }
    const bench = await openHttpBench(t, root);
    const file = bench.fileOf(bench.put('scan.h5', { bytes: sampleBytes(1000) }), {
      target: path.join(folder, 'scan.h5')
    });
    await refuses(
      bench.backend.pull(bench.store, file, testCall(), () => undefined),
      'target-not-writable'
    );
  });
});
