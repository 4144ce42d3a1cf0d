/**
 * One pull in a process of its own; `pull.ts` bundles it as the companion is bundled.
 * `node pull-once.mjs '{"url":…,"target":…,"sha256":…}'` prints milliseconds and peak memory.
 */
import { readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { systemClock } from '../server/src/core/clock.ts';
import { makeLog } from '../server/src/core/log.ts';
import { StoreProfile } from '../server/src/facility/profile.ts';
import { HttpBackend } from '../server/src/transfers/adapters/http.ts';
import { runPullerWorker } from '../server/src/transfers/puller/worker.ts';

async function pullOnce(): Promise<void> {
  const given = JSON.parse(process.argv[2] ?? '{}') as {
    url: string;
    target: string;
    sha256: string | null;
    streams?: number;
    chunkBytes?: number;
  };
  const url = new URL(given.url);
  const backend = new HttpBackend(name => name, { isSynced: false });
  const store = StoreProfile.parse({
    id: 'bench',
    title: 'Bench',
    kind: 'http',
    url: `${url.origin}/`,
    ...(given.streams === undefined ? {} : { streams: given.streams }),
    ...(given.chunkBytes === undefined ? {} : { chunk_bytes: given.chunkBytes })
  });
  const start = performance.now();
  const result = await backend.pull(
    store,
    {
      url,
      target: given.target,
      sizeBytes: null,
      checksum:
        given.sha256 === null
          ? null
          : { algorithm: 'sha256', value: given.sha256, source: 'SHA256SUMS' },
      checksumHeader: null
    },
    {
      signal: new AbortController().signal,
      log: makeLog('silent'),
      clock: systemClock,
      token: () => Promise.reject(new Error('no token is needed'))
    },
    () => undefined
  );
  const ms = performance.now() - start;
  await backend.close();
  const peakKib = Number(
    /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
  );
  console.log(
    JSON.stringify({ ms, peakMb: peakKib / 1024, state: result.state, bytes: result.bytes })
  );
}

if (isMainThread) {
  await pullOnce();
} else {
  runPullerWorker();
}
