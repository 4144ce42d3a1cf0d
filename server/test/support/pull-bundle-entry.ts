/** The pull process and its threads in one file, as the wheel ships the companion. */
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  await import('./pull-process.ts');
} else {
  const { runPullerWorker } = await import('../../src/transfers/puller/worker.ts');
  runPullerWorker();
}
