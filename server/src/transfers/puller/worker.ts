import { parentPort, workerData } from 'node:worker_threads';
import { fetchGeneral } from './fetch-general.ts';
import { fetchPlain } from './fetch-plain.ts';
import type { FromWorker, PullerData, RangeFailure, RangeJob, ToWorker } from './messages.ts';
import { payForBytes } from './rate-limit.ts';
import { RunningHashes } from './running-hashes.ts';

const REPORT_BYTES = 4 * 1024 * 1024;

/** The thread that moves and hashes bytes; the main thread only decides. */
export function runPullerWorker(): void {
  const port = parentPort;
  if (port === null) {
    throw new Error('not a worker thread');
  }
  const { rate } = workerData as PullerData;
  const send = (message: FromWorker): void => port.postMessage(message);
  const giveUp = new Map<number, () => void>();
  const hashes = new RunningHashes();

  const fetchRange = (job: RangeJob): void => {
    let unreported = 0;
    let hasEnded = false;
    const report = (): void => {
      if (unreported > 0) {
        send({ kind: 'bytes', id: job.id, count: unreported });
        unreported = 0;
      }
    };
    const hooks = {
      onBytes: (count: number): void => {
        unreported += count;
        if (unreported >= REPORT_BYTES) {
          report();
        }
        payForBytes(rate, count);
      },
      onEnd: (failure: RangeFailure | null): void => {
        report();
        hasEnded = true;
        giveUp.delete(job.id);
        send(
          failure === null ? { kind: 'done', id: job.id } : { kind: 'failed', id: job.id, failure }
        );
      }
    };
    const start = (fetcher: () => () => void): void => {
      const stop = fetcher();
      if (!hasEnded) {
        giveUp.set(job.id, stop);
      }
    };
    const { range } = job;
    // `onread` is for bare sockets only (not TLS), and only a range says beforehand how much will come.
    if (range === null || !job.url.startsWith('http:') || job.proxy?.isTls === true) {
      start(() => fetchGeneral(job, hooks));
      return;
    }
    start(() =>
      fetchPlain(job, range, {
        ...hooks,
        onEnd: failure =>
          failure === 'not-plain' ? start(() => fetchGeneral(job, hooks)) : hooks.onEnd(failure)
      })
    );
  };

  port.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'range':
        fetchRange(message);
        break;
      case 'hash':
        send(hashes.advance(message));
        break;
      case 'cancel':
        giveUp.get(message.id)?.();
        hashes.end(message.id);
        break;
    }
  });
}
