/**
 * How many bytes nginx serves again after kill -9 at half of a large pull, by nginx's own log,
 * against chunk size × streams.
 *
 * `node bench/pull-resume.ts`; the last line is one JSON document. Settings: see `pull.ts`.
 */
import { spawn } from 'node:child_process';
import { lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { StoreProfile } from '../server/src/facility/profile.ts';
import { findProgram } from './support/find-program.ts';
import { median, serveLargeFile, timeCommand } from './support/served-file.ts';

const rounds = Number(process.env['PANOSC_BENCH_ROUNDS'] ?? 5);
const rclone = findProgram('rclone', 'PANOSC_RCLONE');
const file = await serveLargeFile();
if (file === null) {
  console.error('This bench needs nginx.');
  process.exit(1);
}

/** nginx writes a request down when its connection is over: wait until nothing more is added. */
async function served(): Promise<number> {
  let before = -1;
  for (let now = file?.nginx.served() ?? 0; now !== before; now = file?.nginx.served() ?? 0) {
    before = now;
    await delay(200);
  }
  return before;
}

/** Bytes on the disk of everything in a folder. */
function written(folder: string): number {
  return readdirSync(folder).reduce(
    (sum, name) => sum + lstatSync(path.join(folder, name)).blocks * 512,
    0
  );
}

/** Kills rclone when half is written; false when it had ended before. */
async function killRclone(program: string, target: string, half: number): Promise<boolean> {
  const child = spawn(program, ['copyurl', file?.url ?? '', target], {
    stdio: 'ignore',
    env: {
      PATH: process.env['PATH'],
      RCLONE_CONFIG: '/dev/null',
      RCLONE_LOCAL_NO_PREALLOCATE: 'true'
    }
  });
  const ended = new Promise(resolve => child.on('close', resolve));
  while (child.exitCode === null && written(path.dirname(target)) < half) {
    await delay(5);
  }
  child.kill('SIGKILL');
  await ended;
  return child.signalCode === 'SIGKILL';
}

const again: number[] = [];
const killedAt: number[] = [];
const rcloneAgain: number[] = [];
const store = StoreProfile.parse(file.orderFor('').store);
const allowed = store.chunk_bytes * store.streams;
try {
  for (let round = 0; round < rounds; round++) {
    const target = file.fresh();
    const begun = await served();
    if ((await file.pull(target, { killAt: file.sizeBytes / 2 })) !== 'killed') {
      throw new Error('the pull ended before it could be killed');
    }
    killedAt.push((await served()) - begun);
    await file.pull(target);
    again.push((await served()) - begun - file.sizeBytes);
    if (rclone !== null) {
      const other = file.fresh();
      const start = await served();
      if (await killRclone(rclone, other, file.sizeBytes / 2)) {
        await timeCommand(rclone, ['copyurl', file.url, other]);
        rcloneAgain.push((await served()) - start - file.sizeBytes);
      }
    }
  }
} finally {
  await file.close();
}
const ours = median(again);
console.log(
  JSON.stringify({
    bench: 'pull-resume',
    what: `bytes served again after kill -9 at half of ${file.sizeBytes} bytes`,
    unit: 'bytes',
    ours,
    reference: allowed,
    ratio: Math.round((ours / allowed) * 1000) / 1000,
    extra: {
      reference: `chunk size × streams: ${store.chunk_bytes} × ${store.streams}`,
      worst: Math.max(...again),
      servedBeforeKill: median(killedAt),
      rcloneServedAgain: rcloneAgain.length === 0 ? null : median(rcloneAgain),
      rounds,
      node: process.version
    }
  })
);
