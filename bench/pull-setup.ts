import { spawnSync } from 'node:child_process';
import { createCipheriv, createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

/** Writes a file of bytes that do not compress and says its SHA-256. */
export function makeBigFile(file: string, sizeBytes: number): string {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, 1), Buffer.alloc(16));
  const zeros = Buffer.alloc(8 * 1024 * 1024);
  const hash = createHash('sha256');
  const fd = openSync(file, 'w');
  for (let left = sizeBytes; left > 0; left -= zeros.length) {
    const piece = cipher.update(zeros.subarray(0, Math.min(left, zeros.length)));
    hash.update(piece);
    writeSync(fd, piece);
  }
  closeSync(fd);
  return hash.digest('hex');
}

/** Runs a program to its end; throws when it fails. */
export function run(program: string, args: readonly string[]): string {
  const { status, stderr, stdout } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(`${program} ended with ${status}: ${stderr}`);
  }
  return stdout;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Whole megabytes (10^6) a second. */
export function megabytesPerSecond(bytes: number, ms: number): number {
  return Math.round(bytes / 1000 / ms);
}

/** Bundles `pull-once.ts` as the companion is bundled: threads start from the same file. */
export async function bundlePullOnce(folder: string): Promise<string> {
  const outfile = path.join(folder, 'pull-once.mjs');
  await build({
    entryPoints: [path.join(import.meta.dirname, 'pull-once.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22.19',
    minify: true,
    logLevel: 'silent',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"
    }
  });
  return outfile;
}
