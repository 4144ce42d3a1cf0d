import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { fetchGeneral } from './fetch-general.ts';
import { fetchPlain } from './fetch-plain.ts';
import { newHash, type HashState } from './hash-state.ts';
import type { FromWorker, HashJob, RangeFailure, RangeJob, ToWorker } from './messages.ts';

const READ_BYTES = 1024 * 1024;
const REPORT_BYTES = 4 * 1024 * 1024;

interface RunningHash {
  readonly fd: number;
  readonly state: HashState;
  position: number;
}

/** The thread that moves and hashes bytes; the main thread only decides. */
export function runPullerWorker(): void {
  const port = parentPort;
  if (port === null) {
    throw new Error('not a worker thread');
  }
  const send = (message: FromWorker): void => port.postMessage(message);
  const giveUp = new Map<number, () => void>();
  const hashes = new Map<number, RunningHash>();
  const buffer = Buffer.allocUnsafe(READ_BYTES);

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
    // `onread` is for bare sockets only (not TLS), and only a range says beforehand how much will come.
    const stop =
      job.range !== null && job.url.startsWith('http:')
        ? fetchPlain(job, job.range, hooks)
        : fetchGeneral(job, hooks);
    if (!hasEnded) {
      giveUp.set(job.id, stop);
    }
  };

  const hash = (job: HashJob): void => {
    try {
      const running = hashes.get(job.id) ?? {
        fd: openSync(job.file, 'r'),
        state: newHash(job.algorithm),
        position: 0
      };
      hashes.set(job.id, running);
      while (running.position < job.upTo) {
        const count = readSync(
          running.fd,
          buffer,
          0,
          Math.min(READ_BYTES, job.upTo - running.position),
          running.position
        );
        if (count === 0) {
          break;
        }
        running.state.update(buffer.subarray(0, count));
        running.position += count;
      }
      const isShort = running.position < job.upTo;
      if (job.isLast || isShort) {
        hashes.delete(job.id);
        closeSync(running.fd);
      }
      send({
        kind: 'hashed',
        id: job.id,
        digest: job.isLast && !isShort ? running.state.digest() : null
      });
    } catch (error) {
      hashes.delete(job.id);
      send({
        kind: 'failed',
        id: job.id,
        failure: {
          kind: 'disk',
          code: error instanceof Error && 'code' in error ? String(error.code) : 'EIO'
        }
      });
    }
  };

  port.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'range':
        fetchRange(message);
        break;
      case 'hash':
        hash(message);
        break;
      case 'cancel': {
        giveUp.get(message.id)?.();
        const running = hashes.get(message.id);
        if (running !== undefined) {
          hashes.delete(message.id);
          closeSync(running.fd);
        }
        break;
      }
    }
  });
}
