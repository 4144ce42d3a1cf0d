import { spawn } from 'node:child_process';
import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findNginx, startNginx, type Nginx } from '../../server/test/support/nginx-store.ts';
import { bundlePull } from '../../server/test/support/bundle-pull.ts';
import type { PullOrder, PullReport } from '../../server/test/support/pull-process.ts';

const BLOCK = 16 * 1024 * 1024;

interface PullOptions {
  readonly killAt?: number;
  /** False pulls as if the facility published no checksum. */
  readonly isVerified?: boolean;
}

/** A large file that nobody can compress, served by nginx on loopback, and a folder to pull into. */
export interface ServedFile {
  readonly nginx: Nginx;
  readonly url: string;
  readonly source: string;
  readonly sizeBytes: number;
  /** A name in the folder for pulls; whatever was there is gone. */
  readonly fresh: () => string;
  /** How to pull it: the store by its defaults. */
  readonly orderFor: (target: string) => PullOrder;
  /** Pulls in a process of its own, which is killed as soon as it has told of `killAt` bytes. */
  readonly pull: (target: string, options?: PullOptions) => Promise<PullReport | 'killed'>;
  readonly close: () => Promise<void>;
}

/** Bytes of the pulled file: `PANOSC_BENCH_BYTES`, else 2 GiB. */
export const sizeBytes = Number(process.env['PANOSC_BENCH_BYTES'] ?? 2 * 1024 ** 3);

function writeFile(file: string): string {
  const stream = createCipheriv('aes-128-ctr', randomBytes(16), randomBytes(16));
  const hash = createHash('sha256');
  const zeros = Buffer.alloc(BLOCK);
  const fd = openSync(file, 'w');
  for (let done = 0; done < sizeBytes; done += BLOCK) {
    const block = stream.update(zeros.subarray(0, Math.min(BLOCK, sizeBytes - done)));
    hash.update(block);
    writeSync(fd, block);
  }
  closeSync(fd);
  return hash.digest('hex');
}

/** Makes and serves it, below `PANOSC_BENCH_DIR` or the temporary folder; null without nginx. */
export async function serveLargeFile(): Promise<ServedFile | null> {
  const program = findNginx();
  if (program === null) {
    return null;
  }
  const root = mkdtempSync(path.join(process.env['PANOSC_BENCH_DIR'] ?? tmpdir(), 'panosc-bench-'));
  const content = path.join(root, 'content');
  const pulled = path.join(root, 'pulled');
  mkdirSync(content);
  const source = path.join(content, 'scan.h5');
  const value = writeFile(source);
  const nginx = await startNginx(program, path.join(root, 'nginx'), content);
  const bundle = await bundlePull(root);
  const url = `${nginx.url}/data/scan.h5`;
  const orderFor = (target: string): PullOrder => ({
    store: { id: 'bench', title: 'Bench', kind: 'http', url: `${nginx.url}/data/` },
    url,
    target,
    checksum: { algorithm: 'sha256', value, source: 'SHA256SUMS' }
  });
  return {
    nginx,
    url,
    source,
    sizeBytes,
    fresh: () => {
      rmSync(pulled, { recursive: true, force: true });
      mkdirSync(pulled);
      return path.join(pulled, 'scan.h5');
    },
    orderFor,
    pull: (target, { isVerified = true, killAt = Number.POSITIVE_INFINITY } = {}) => {
      const order = orderFor(target);
      return runPull(bundle, isVerified ? order : { ...order, checksum: null }, killAt);
    },
    close: async () => {
      await nginx.stop();
      rmSync(root, { recursive: true, force: true });
    }
  };
}

function runPull(bundle: string, order: PullOrder, killAt: number): Promise<PullReport | 'killed'> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bundle, JSON.stringify(order)], {
      stdio: ['ignore', 'pipe', 'inherit']
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      const lines = text.split('\n');
      if (Number(lines.at(-2)) >= killAt) {
        child.kill('SIGKILL');
      }
    });
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') {
        resolve('killed');
        return;
      }
      const report = JSON.parse(text.trimEnd().split('\n').at(-1) ?? '') as PullReport;
      if (code === 0 && report.state === (order.checksum === null ? 'as-sent' : 'verified')) {
        resolve(report);
      } else {
        reject(new Error(`the pull ended as ${report.state}: ${report.problem ?? ''}`));
      }
    });
  });
}

/** Milliseconds of a command; throws when it fails. */
export async function timeCommand(program: string, args: readonly string[]): Promise<number> {
  const start = performance.now();
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: process.env['PATH'], RCLONE_CONFIG: '/dev/null' }
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) {
    throw new Error(`${program} ended with ${code}`);
  }
  return performance.now() - start;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
