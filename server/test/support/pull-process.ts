/**
 * A process that pulls one file and says how it went: for tests and benches that kill it.
 * `node pull-process.ts '{"store":{…},"url":…,"target":…,"checksum":…}'`; the last line is JSON.
 */
import { readFileSync } from 'node:fs';
import { ProblemError } from '../../src/core/problem.ts';
import { StoreProfile } from '../../src/facility/profile.ts';
import { HttpBackend } from '../../src/transfers/adapters/http.ts';
import type { ExpectedChecksum } from '../../src/transfers/port.ts';
import { testCall } from './test-call.ts';

/** What the process is told. */
export interface PullOrder {
  readonly store: unknown;
  readonly url: string;
  readonly target: string;
  readonly checksum: ExpectedChecksum | null;
}

/** What it says in the end. */
export interface PullReport {
  readonly state: string;
  readonly ms: number;
  /** Peak of the resident memory in KiB (`VmHWM` of proc(5)); null where there is no such file. */
  readonly peakKib: number | null;
  readonly problem: string | null;
}

function peakKib(): number | null {
  try {
    const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    return line === null ? null : Number(line[1]);
  } catch {
    return null;
  }
}

const order = JSON.parse(process.argv[2] ?? '') as PullOrder;
const backend = new HttpBackend(name => name, { isSynced: false });
const start = performance.now();
const report = (state: string, problem: string | null): void => {
  const told: PullReport = { state, ms: performance.now() - start, peakKib: peakKib(), problem };
  process.stdout.write(`${JSON.stringify(told)}\n`);
};
try {
  const result = await backend.pull(
    StoreProfile.parse(order.store),
    {
      url: new URL(order.url),
      target: order.target,
      sizeBytes: null,
      checksum: order.checksum,
      checksumHeader: null
    },
    testCall(),
    bytes => process.stdout.write(`${bytes}\n`)
  );
  report(result.state, null);
} catch (error) {
  report('failed', error instanceof ProblemError ? error.slug : String(error));
}
await backend.close();
