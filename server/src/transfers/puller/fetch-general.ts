import { request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { diskFailure } from './fetch-plain.ts';
import type { RangeFailure, RangeJob } from './messages.ts';
import { closePart, openPart, writeAll } from './part-file.ts';
import { refuseRange } from './response-head.ts';

const COALESCED_BYTES = 1024 * 1024;
const agents = new Map<string, Agent>();

function agentFor(ca: string | null): Agent {
  const key = ca ?? '';
  const agent =
    agents.get(key) ??
    new Agent({ keepAlive: true, maxSockets: 16, ...(ca === null ? {} : { ca }) });
  agents.set(key, agent);
  return agent;
}

function headersOf(response: IncomingMessage): Map<string, string> {
  return new Map(Object.entries(response.headers).map(([name, value]) => [name, String(value)]));
}

/** One range over https (or http) by Node's own client; small pieces are gathered to writes of 1 MiB. */
export function fetchGeneral(
  job: RangeJob,
  {
    onBytes,
    onEnd
  }: { onBytes: (count: number) => void; onEnd: (failure: RangeFailure | null) => void }
): () => void {
  const url = new URL(job.url);
  const gathered = Buffer.allocUnsafe(COALESCED_BYTES);
  let held = 0;
  let position = job.first;
  let isOver = false;
  let fd: number;
  try {
    fd = openPart(job.partFile);
  } catch (error) {
    onEnd(diskFailure(error));
    return () => undefined;
  }
  const finish = (failure: RangeFailure | null): void => {
    if (!isOver) {
      isOver = true;
      if (failure !== null) {
        outgoing.destroy();
      }
      closePart(job.partFile);
      onEnd(failure);
    }
  };
  const flush = (): void => {
    writeAll(fd, gathered, held, position);
    position += held;
    onBytes(held);
    held = 0;
  };
  const take = (piece: Buffer): void => {
    if (position + held + piece.length > job.last + 1) {
      finish({ kind: 'garbled', text: 'the answer is longer than its range' });
      return;
    }
    try {
      for (let from = 0; from < piece.length;) {
        const count = Math.min(piece.length - from, COALESCED_BYTES - held);
        piece.copy(gathered, held, from, from + count);
        held += count;
        from += count;
        if (held === COALESCED_BYTES) {
          flush();
        }
      }
    } catch (error) {
      finish(diskFailure(error));
    }
  };
  const onResponse = (response: IncomingMessage): void => {
    const head = { status: response.statusCode ?? 0, headers: headersOf(response) };
    const refusal = refuseRange(head, { ...job, isConditional: 'if-range' in job.headers });
    if (refusal !== null) {
      finish(refusal);
      return;
    }
    response.on('data', (piece: Buffer) => {
      if (!isOver) {
        take(piece);
      }
    });
    response.on('end', () => {
      try {
        flush();
      } catch (error) {
        finish(diskFailure(error));
      }
      finish(
        position === job.last + 1 ? null : { kind: 'network', text: 'the connection was cut' }
      );
    });
    response.on('error', error => finish({ kind: 'network', text: error.message }));
  };
  const options = { headers: { ...job.headers, range: `bytes=${job.first}-${job.last}` } };
  const outgoing =
    url.protocol === 'https:'
      ? httpsRequest(url, { ...options, agent: agentFor(job.ca) }, onResponse)
      : httpRequest(url, options, onResponse);
  outgoing.setTimeout(job.idleMs, () =>
    finish({ kind: 'network', text: 'nothing came for too long' })
  );
  outgoing.on('error', error => finish({ kind: 'network', text: error.message }));
  outgoing.end();
  return () => finish({ kind: 'network', text: 'given up' });
}
