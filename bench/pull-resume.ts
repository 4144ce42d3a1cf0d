/**
 * What comes twice when the puller is killed with -9 at half of a large file and started again, counted by nginx,
 * against chunk size × streams. rclone's figure for the same accident is in `extra`.
 *
 * `node bench/pull-resume.ts`; the last line is one JSON document. PANOSC_BENCH_BYTES sets the size (2 GiB).
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readJournal } from '../server/src/transfers/puller/journal.ts';
import { leftoversOf } from '../server/src/transfers/puller/target.ts';
import { findNginx, startNginx } from '../server/test/support/nginx.ts';
import { until } from '../server/test/support/until.ts';
import { bundlePullOnce, makeBigFile, median, run } from './pull-setup.ts';

const BYTES = Number(process.env['PANOSC_BENCH_BYTES'] ?? 2 * 1024 ** 3);
const ROUNDS = 3;
const CHUNK = 16 * 1024 * 1024;
const STREAMS = 4;
const scratch = mkdtempSync(path.join(tmpdir(), 'panosc-bench-resume-'));
const root = path.join(scratch, 'root');
const folder = path.join(scratch, 'target');
const target = path.join(folder, 'big.h5');
mkdirSync(root);
const program = findNginx();
if (program === null) {
  throw new Error('nginx is not installed');
}
const once = await bundlePullOnce(scratch);
const sha256 = makeBigFile(path.join(root, 'big.h5'), BYTES);
const nginx = await startNginx(program, path.join(scratch, 'nginx'), root);
const url = `${nginx.url}/data/big.h5`;
const argv = [once, JSON.stringify({ url, target, sha256, streams: STREAMS, chunkBytes: CHUNK })];
const rclone = ['copyurl', url, target, '--config', '/dev/null'];

/** Starts it, kills it when half is there, runs it to its end; bytes that were served beyond the file's length. */
async function servedAgain(
  start: () => ChildProcess,
  isHalf: () => boolean,
  finish: () => void
): Promise<number> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const before = nginx.served();
  const child = start();
  const exited = new Promise<void>(resolve => child.on('exit', () => resolve()));
  while (!isHalf() && child.exitCode === null) {
    await new Promise(resolve => setTimeout(resolve, 2));
  }
  if (child.exitCode !== null) {
    throw new Error('it had ended before half of it was there');
  }
  child.kill('SIGKILL');
  await exited;
  finish();
  if (statSync(target).size !== BYTES) {
    throw new Error('another size than expected');
  }
  // A request is in the log when nginx has noticed that its client is gone.
  await until('all requests in the log', () => nginx.served() - before >= BYTES);
  return nginx.served() - before - BYTES;
}

/** By length: rclone allocates the whole file at once. */
const written = (): number =>
  readdirSync(folder).reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0);
const doneBytes = (): number => readJournal(leftoversOf(target).journalFile).done.size * CHUNK;
const hasRclone = spawnSync('rclone', ['version'], { stdio: 'ignore' }).status === 0;
const ours: number[] = [];
const theirs: number[] = [];
try {
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(
      await servedAgain(
        () => spawn(process.execPath, argv, { stdio: 'ignore' }),
        () => doneBytes() >= BYTES / 2,
        () => {
          const { state } = JSON.parse(run(process.execPath, argv)) as { state: string };
          if (state !== 'verified') {
            throw new Error(state);
          }
        }
      )
    );
    if (hasRclone) {
      theirs.push(
        await servedAgain(
          () => spawn('rclone', rclone, { stdio: 'ignore' }),
          () => written() >= BYTES / 2,
          () => {
            run('rclone', rclone);
          }
        )
      );
    }
  }
  const reference = CHUNK * STREAMS;
  console.log(
    JSON.stringify({
      bench: 'pull-resume',
      what: `bytes that nginx served twice after kill -9 at half of ${BYTES} bytes`,
      unit: 'bytes',
      ours: median(ours),
      reference,
      ratio: Math.round((median(ours) / reference) * 1000) / 1000,
      extra: {
        reference: 'chunk size × streams; what lay in socket buffers counts as served',
        largest: Math.max(...ours),
        rclone: hasRclone ? median(theirs) : null,
        rounds: ROUNDS,
        node: process.version
      }
    })
  );
} finally {
  await nginx.stop();
  rmSync(scratch, { recursive: true, force: true });
}
