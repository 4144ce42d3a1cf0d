/**
 * How fast one large file comes from a real nginx on loopback, its SHA-256 checked while it comes, against the
 * faster of `rclone copyurl` and `curl`, which check nothing. Nobody syncs at the end.
 *
 * `node bench/pull.ts`; the last line is one JSON document. PANOSC_BENCH_BYTES sets the size (2 GiB),
 * PANOSC_BENCH_ROUNDS how often.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startNginx, findNginx } from '../server/test/support/nginx.ts';
import { bundlePullOnce, makeBigFile, megabytesPerSecond, median, run } from './pull-setup.ts';

const BYTES = Number(process.env['PANOSC_BENCH_BYTES'] ?? 2 * 1024 ** 3);
const ROUNDS = Number(process.env['PANOSC_BENCH_ROUNDS'] ?? 5);
const scratch = mkdtempSync(path.join(tmpdir(), 'panosc-bench-pull-'));
const root = path.join(scratch, 'root');
const target = path.join(scratch, 'target');
mkdirSync(root);
const program = findNginx();
if (program === null) {
  throw new Error('nginx is not installed');
}
const big = path.join(root, 'big.h5');
const once = await bundlePullOnce(scratch);
const sha256 = makeBigFile(big, BYTES);
const nginx = await startNginx(program, path.join(scratch, 'nginx'), root);
const url = `${nginx.url}/data/big.h5`;
const hasRclone = spawnSync('rclone', ['version'], { stdio: 'ignore' }).status === 0;

/** Milliseconds of one way; what it wrote is checked by its size and removed. */
function timed(work: () => void): number {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target);
  const start = performance.now();
  work();
  const ms = performance.now() - start;
  if (statSync(path.join(target, 'big.h5')).size !== BYTES) {
    throw new Error('another size than expected');
  }
  rmSync(target, { recursive: true, force: true });
  return ms;
}

const file = path.join(target, 'big.h5');
const ways: Readonly<Record<string, () => void>> = {
  ...(hasRclone
    ? { rclone: () => run('rclone', ['copyurl', url, file, '--config', '/dev/null']) }
    : {}),
  curl: () => run('curl', ['-sf', '-o', file, url]),
  curlResume: () => run('curl', ['-sf', '-C', '-', '-o', file, url]),
  cp: () => copyFileSync(big, file)
};
const times = new Map<string, number[]>(Object.keys(ways).map(name => [name, []]));
const ours: number[] = [];
const whole: number[] = [];
const unverified: number[] = [];
const peaks: number[] = [];

function pullOnce(checksum: string | null): number {
  let ms = 0;
  const wall = timed(() => {
    const text = run(process.execPath, [
      once,
      JSON.stringify({ url, target: file, sha256: checksum })
    ]);
    const told = JSON.parse(text) as { ms: number; peakMb: number; state: string };
    if (told.state !== (checksum === null ? 'as-sent' : 'verified')) {
      throw new Error(told.state);
    }
    ms = told.ms;
    peaks.push(told.peakMb);
  });
  if (checksum !== null) {
    whole.push(wall);
  }
  return ms;
}

const turns: readonly (() => void)[] = [
  () => void ours.push(pullOnce(sha256)),
  ...Object.entries(ways).map(
    ([name, way]) =>
      () =>
        void times.get(name)?.push(timed(way))
  ),
  () => void unverified.push(pullOnce(null))
];

try {
  timed(() => run('curl', ['-sf', '-o', file, url]));
  for (let round = 0; round < ROUNDS; round++) {
    // Each begins a round once: what one leaves to be written to the disk is paid for by the next.
    for (let turn = 0; turn < turns.length; turn++) {
      turns[(round + turn) % turns.length]?.();
    }
  }
  const speeds = Object.fromEntries(
    [...times].map(([name, ms]) => [name, megabytesPerSecond(BYTES, median(ms))])
  );
  const reference = Math.max(speeds['rclone'] ?? 0, speeds['curl'] ?? 0);
  // With the start of the process, as the others are timed.
  const mine = megabytesPerSecond(BYTES, median(whole));
  console.log(
    JSON.stringify({
      bench: 'pull',
      what: `${BYTES} bytes from nginx on loopback to disk, SHA-256 verified`,
      unit: 'MB/s',
      ours: mine,
      reference,
      ratio: Math.round((mine / reference) * 1000) / 1000,
      extra: {
        reference: 'the faster of rclone copyurl and curl, neither of which verifies',
        ...speeds,
        oursWithoutProcessStart: megabytesPerSecond(BYTES, median(ours)),
        oursAsSent: megabytesPerSecond(BYTES, median(unverified)),
        oursAll: whole.map(ms => megabytesPerSecond(BYTES, ms)),
        peakRssMb: Math.round(Math.max(...peaks)),
        rounds: ROUNDS,
        node: process.version
      }
    })
  );
} finally {
  await nginx.stop();
  rmSync(scratch, { recursive: true, force: true });
}
