import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { pulledBytes, pullerAnswers } from '../../core/measured.ts';
import { problem } from '../../core/problem.ts';
import type { Environment } from '../../core/proxy.ts';
import { viaFor, type Via } from '../../core/via.ts';
import { diskProblem } from './failure-problem.ts';
import { packProxy, requestFailure } from './job-proxy.ts';
import type { FromWorker, HashJob, PullerData, RangeFailure, RangeJob } from './messages.ts';
import type { RateMemory } from './rate-limit.ts';

const FETCHERS = 2;
const IDLE_MS = 5000;

/** In the bundle, the bundle itself is the workers' entry too; from sources it is worker-main.ts. */
const entry = import.meta.url.endsWith('.mjs')
  ? import.meta.url
  : new URL('./worker-main.ts', import.meta.url).href;

/** How a range ended. */
export type RangeOutcome = RangeFailure | { readonly kind: 'done' };

type Listener = (message: FromWorker) => void;

/** Two threads that fetch and one that hashes, started at the first use and ended when nothing was asked for a while. */
export class PullerPool {
  readonly #rate: RateMemory;
  /** Names the proxies and the authorities of this machine. */
  readonly #env: Environment;
  readonly #listeners = new Map<number, Listener>();
  #fetchers: Worker[] = [];
  #hasher: Worker | null = null;
  #nextId = 1;
  #nextFetcher = 0;
  #idle: NodeJS.Timeout | null = null;

  /** `rate` is what the threads may read together. */
  constructor(rate: RateMemory, env: Environment) {
    this.#rate = rate;
    this.#env = env;
  }

  /** Starts the threads before there is something to do for them: they start while the store is asked. */
  warmUp(hasHash: boolean): void {
    this.#fetcher(0);
    if (hasHash) {
      this.#hasher ??= this.#start();
    }
    this.#restWhenIdle();
  }

  /** Fetches one range; `onBytes` hears of bytes that are written. Never rejects. */
  fetch(
    job: Omit<RangeJob, 'kind' | 'id' | 'proxy'>,
    signal: AbortSignal,
    onBytes: (count: number) => void
  ): Promise<RangeOutcome> {
    let via: Via;
    try {
      via = viaFor(new URL(job.url), this.#env, job.ca);
    } catch (error) {
      return Promise.resolve(requestFailure(error));
    }
    const id = this.#nextId++;
    const worker = this.#fetcher(this.#nextFetcher++ % FETCHERS);
    return new Promise(resolve => {
      const cancel = (): void => worker.postMessage({ kind: 'cancel', id });
      this.#listen(id, message => {
        if (message.kind === 'bytes') {
          pulledBytes.publish(message.count);
          onBytes(message.count);
          return;
        }
        signal.removeEventListener('abort', cancel);
        this.#forget(id);
        const outcome = message.kind === 'failed' ? message.failure : ({ kind: 'done' } as const);
        pullerAnswers.publish(
          outcome.kind === 'status' ? outcome.status : outcome.kind === 'done' ? 200 : outcome.kind
        );
        resolve(outcome);
      });
      worker.postMessage({
        ...job,
        kind: 'range',
        id,
        ca: via.ca,
        proxy: packProxy(via.proxy)
      } satisfies RangeJob);
      if (signal.aborted) {
        cancel();
      } else {
        signal.addEventListener('abort', cancel, { once: true });
      }
    });
  }

  /** A hash that follows a growing file; see `RunningFileHash`. */
  hash(file: string, algorithm: HashJob['algorithm']): RunningFileHash {
    const id = this.#nextId++;
    this.#hasher ??= this.#start();
    const worker = this.#hasher;
    let waiting: ((message: FromWorker) => void) | null = null;
    this.#listen(id, message => waiting?.(message));
    return {
      advance: (upTo, isLast) =>
        new Promise((resolve, reject) => {
          waiting = message => {
            if (message.kind === 'hashed') {
              if (isLast) {
                this.#forget(id);
              }
              resolve(message.digest);
            } else {
              this.#forget(id);
              reject(hashProblem(message, file));
            }
          };
          worker.postMessage({ kind: 'hash', id, file, algorithm, upTo, isLast } satisfies HashJob);
        }),
      abandon: () => {
        worker.postMessage({ kind: 'cancel', id });
        this.#forget(id);
      }
    };
  }

  /** Ends all threads now; whoever still waits hears that it failed. */
  async close(): Promise<void> {
    if (this.#idle !== null) {
      clearTimeout(this.#idle);
      this.#idle = null;
    }
    const workers = [...this.#fetchers, ...(this.#hasher === null ? [] : [this.#hasher])];
    this.#fetchers = [];
    this.#hasher = null;
    this.#failAll('the puller has ended');
    await Promise.all(workers.map(worker => worker.terminate()));
  }

  #fetcher(index: number): Worker {
    while (this.#fetchers.length < FETCHERS) {
      this.#fetchers.push(this.#start());
    }
    const worker = this.#fetchers[index];
    if (worker === undefined) {
      throw new RangeError('no such thread');
    }
    return worker;
  }

  #start(): Worker {
    const worker = new Worker(fileURLToPath(entry), {
      workerData: { role: 'puller', rate: this.#rate } satisfies PullerData,
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 }
    });
    worker.unref();
    worker.on('message', (message: FromWorker) => this.#listeners.get(message.id)?.(message));
    worker.on('error', (error: Error) => {
      this.#failAll(error.message);
      void this.close();
    });
    return worker;
  }

  #failAll(text: string): void {
    for (const [id, listener] of [...this.#listeners]) {
      listener({ kind: 'failed', id, failure: { kind: 'network', text } });
    }
  }

  #listen(id: number, listener: Listener): void {
    this.#listeners.set(id, listener);
    if (this.#idle !== null) {
      clearTimeout(this.#idle);
      this.#idle = null;
    }
    for (const worker of [...this.#fetchers, ...(this.#hasher === null ? [] : [this.#hasher])]) {
      worker.ref();
    }
  }

  #forget(id: number): void {
    this.#listeners.delete(id);
    this.#restWhenIdle();
  }

  #restWhenIdle(): void {
    if (this.#listeners.size === 0 && this.#idle === null) {
      this.#idle = setTimeout(() => {
        this.#idle = null;
        void this.close();
      }, IDLE_MS);
      this.#idle.unref();
    }
  }
}

/** A hash that could not be made says nothing about the data. */
function hashProblem(message: FromWorker, file: string): Error {
  const failure = message.kind === 'failed' ? message.failure : null;
  return failure?.kind === 'disk'
    ? diskProblem(failure.code, file)
    : problem('internal', `The thread that hashes ${file} ended by itself. Retry.`);
}

/**
 * A hash over the first bytes of a file, moved on as more of it is complete. One call at a time.
 * The last one gives lower-case hex. Rejects when the file cannot be read that far.
 */
export interface RunningFileHash {
  advance(upTo: number, isLast: boolean): Promise<string | null>;
  abandon(): void;
}
