import type { Transfer } from '../contract/transfers.ts';

/** A running transfer with what matters to the test. */
export function fakeTransfer(given: Partial<Transfer> = {}): Transfer {
  return {
    id: 't_1',
    createdAt: '2026-01-02T10:00:00.000Z',
    updatedAt: '2026-01-02T10:00:00.000Z',
    problem: null,
    state: 'running',
    title: 'MA-0042 steel, load series',
    source: '10.5072/ma-0042',
    to: '/home/alice/data/MA-0042',
    bytes: 61,
    bytesTotal: 100,
    files: { total: 3, done: 1, verified: 1, failed: 0, here: 0 },
    rate: 1_000_000,
    secondsLeft: 180,
    notice: null,
    ...given
  };
}
