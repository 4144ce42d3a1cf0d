import { hash } from 'node:crypto';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Agent } from 'node:https';
import { openRequest, tlsAgent } from '../../core/open-request.ts';
import { refusalFor } from '../../core/proxy.ts';
import { requestFailure, unpackProxy } from './job-proxy.ts';
import type { FetchHooks, RangeFailure, RangeJob } from './messages.ts';
import { closePart, diskFailure, giveBuffer, openPart, takeBuffer, writeAll } from './part-file.ts';
import { refuseRange, refuseWhole } from './response-head.ts';
import { StallGuard } from './stall-guard.ts';

const agents = new Map<string, Agent>();

/** One for each way to a store: its connections are used again. */
function agentFor({ ca, proxy }: Pick<RangeJob, 'ca' | 'proxy'>): Agent {
  // Short: the authorities of a machine are some hundred KB, and a proxy's password is no key.
  const key = hash('sha256', `${JSON.stringify(proxy)}\n${ca ?? ''}`);
  const via = { ca, proxy: unpackProxy(proxy) };
  const agent = agents.get(key) ?? tlsAgent(via, { keepAlive: true, maxSockets: 16 });
  agents.set(key, agent);
  return agent;
}

function refusalOf(response: IncomingMessage, job: RangeJob): RangeFailure | null {
  const head = {
    status: response.statusCode ?? 0,
    headers: new Map(Object.entries(response.headers).map(([name, value]) => [name, String(value)]))
  };
  return job.range === null ? refuseWhole(head, job) : refuseRange(head, { ...job, ...job.range });
}

/** Gathers small pieces to writes of 1 MiB into the partial file. */
class GatheringWriter {
  readonly #fd: number;
  readonly #buffer = takeBuffer();
  readonly #onBytes: (count: number) => void;
  #held = 0;
  #position: number;

  constructor(fd: number, first: number, onBytes: (count: number) => void) {
    this.#fd = fd;
    this.#position = first;
    this.#onBytes = onBytes;
  }

  /** The position after everything that was taken, written or not. */
  get end(): number {
    return this.#position + this.#held;
  }

  take(piece: Buffer): void {
    for (let from = 0; from < piece.length;) {
      const count = Math.min(piece.length - from, this.#buffer.length - this.#held);
      piece.copy(this.#buffer, this.#held, from, from + count);
      this.#held += count;
      from += count;
      if (this.#held === this.#buffer.length) {
        this.flush();
      }
    }
  }

  flush(): void {
    writeAll(this.#fd, this.#buffer, this.#held, this.#position);
    this.#position += this.#held;
    this.#onBytes(this.#held);
    this.#held = 0;
  }

  release(): void {
    giveBuffer(this.#buffer);
  }
}

/** A range, or the whole file, over https or http by Node's own client. Returns a function that gives up. */
export function fetchGeneral(job: RangeJob, { onBytes, onEnd }: FetchHooks): () => void {
  const url = new URL(job.url);
  let fd: number;
  try {
    fd = openPart(job.partFile);
  } catch (error) {
    onEnd(diskFailure(error));
    return () => undefined;
  }
  const writer = new GatheringWriter(fd, job.range?.first ?? 0, onBytes);
  const expectedEnd = job.range === null ? job.sizeBytes : job.range.last + 1;
  let outgoing: ClientRequest | null = null;
  let isOver = false;

  const finish = (failure: RangeFailure | null): void => {
    if (isOver) {
      return;
    }
    isOver = true;
    guard.stop();
    let outcome = failure;
    if (failure === null || failure.kind === 'network') {
      try {
        writer.flush();
      } catch (error) {
        outcome = diskFailure(error);
      }
    }
    if (outcome !== null) {
      outgoing?.destroy();
    }
    writer.release();
    closePart(job.partFile);
    onEnd(outcome);
  };

  const proxy = unpackProxy(job.proxy);
  const onResponse = (response: IncomingMessage): void => {
    const refusedByProxy = refusalFor(url, proxy, response.statusCode ?? 0);
    if (refusedByProxy !== null) {
      finish(requestFailure(refusedByProxy));
      return;
    }
    const refusal = refusalOf(response, job);
    if (refusal !== null) {
      finish(refusal);
      return;
    }
    response.on('data', (piece: Buffer) => {
      guard.moved(piece.length);
      if (isOver) {
        return;
      }
      if (expectedEnd !== null && writer.end + piece.length > expectedEnd) {
        finish({ kind: 'garbled', text: 'the answer is longer than was said' });
        return;
      }
      try {
        writer.take(piece);
      } catch (error) {
        finish(diskFailure(error));
      }
    });
    // A body that ends before its length or its last chunk is an `error` and no `end`.
    response.on('end', () =>
      finish(
        expectedEnd === null || writer.end === expectedEnd
          ? null
          : { kind: 'network', text: 'the connection was cut' }
      )
    );
    response.on('error', error => finish({ kind: 'network', text: error.message }));
  };

  const guard = new StallGuard(job.idleMs, () =>
    finish({ kind: 'network', text: 'hardly anything came for too long' })
  );
  const headers =
    job.range === null
      ? job.headers
      : { ...job.headers, range: `bytes=${job.range.first}-${job.range.last}` };
  try {
    outgoing = openRequest(
      url,
      { ca: job.ca, proxy },
      {
        method: 'GET',
        headers,
        ...(url.protocol === 'https:' ? { agent: agentFor(job) } : {})
      }
    );
    outgoing.on('response', onResponse);
    outgoing.on('error', error => finish(requestFailure(error)));
    outgoing.end();
  } catch {
    finish({ kind: 'garbled', text: 'a header of the request cannot be sent' });
  }
  return () => finish({ kind: 'network', text: 'given up' });
}
