import type { TransferState } from '#contract';

/** What happens to a transfer. */
export type TransferEvent =
  | 'begin'
  | 'wait'
  | 'needs-person'
  | 'all-verified'
  | 'all-complete'
  | 'failed'
  | 'cancel'
  | 'retry'
  | 'verify';

const table: Readonly<Record<TransferState, Partial<Record<TransferEvent, TransferState>>>> = {
  queued: {
    begin: 'running',
    wait: 'queued',
    'needs-person': 'needs-you',
    failed: 'failed',
    cancel: 'cancelled'
  },
  running: {
    begin: 'running',
    wait: 'queued',
    'needs-person': 'needs-you',
    'all-verified': 'verified',
    'all-complete': 'as-sent',
    failed: 'failed',
    cancel: 'cancelled'
  },
  'needs-you': {
    begin: 'running',
    wait: 'queued',
    'needs-person': 'needs-you',
    failed: 'failed',
    cancel: 'cancelled',
    retry: 'queued'
  },
  verified: { verify: 'queued' },
  'as-sent': { verify: 'queued' },
  failed: { retry: 'queued', verify: 'queued' },
  cancelled: { retry: 'queued' }
};

/** The next state, or null where the event has no place. The only way to a finished state is through here. */
export function transition(state: TransferState, event: TransferEvent): TransferState | null {
  return table[state][event] ?? null;
}
