import { finishedTransferStates } from '#contract';
import type { Page, Transfer, TransferFile, TransferState } from '#contract';
import { problem } from '../core/problem.ts';
import type { Parts } from '../parts.ts';
import { inTransaction, OperationStore } from '../store/operation-store.ts';
import {
  describeFile,
  describeTransfer,
  type TransferData,
  type TransferOperation,
  type TransferRequest
} from './describe.ts';
import { FileStore } from './file-store.ts';
import type { LiveTransfer } from './live-transfer.ts';
import { transition, type TransferEvent } from './state.ts';

/** What changes of a transfer beside its state. */
export interface TransferChange {
  readonly problem?: Transfer['problem'];
  readonly data?: TransferData;
  readonly reopen?: boolean;
}

/** Transfers as they are written down, and what moves of them now; every change that a person can see is also an event. */
export class TransferStore {
  readonly files: FileStore;
  /** Transfers that are under way in this process. */
  readonly live = new Map<string, LiveTransfer>();
  /** Says why an unfinished transfer waits, or goes slower than it could. */
  noticeOf: (operation: TransferOperation) => string | null = () => null;
  readonly #parts: Pick<Parts, 'db' | 'events'>;
  readonly #operations: OperationStore<TransferRequest, TransferData>;

  constructor(parts: Pick<Parts, 'db' | 'events' | 'clock'>) {
    this.#parts = parts;
    this.files = new FileStore(parts.db);
    this.#operations = new OperationStore(parts.db, 'transfer', parts.clock);
  }

  /** A new transfer, or the one that was asked for with this key. Throws `key-reused`. */
  create(
    id: string,
    { facility, key }: { readonly facility: string; readonly key: string },
    request: TransferRequest,
    data: TransferData
  ): { operation: TransferOperation; isNew: boolean } {
    return inTransaction(this.#parts.db, () => {
      const start = { id, idempotencyKey: key, facility, state: 'queued', request, data };
      const created = this.#operations.create(start);
      if (created.isNew) {
        this.#parts.events.append('transfer', this.describe(created.operation));
      }
      return created;
    });
  }

  findByKey(key: string): TransferOperation | null {
    return this.#operations.findByKey(key);
  }

  find(id: string): TransferOperation | null {
    return this.#operations.find(id);
  }

  /** Throws `not-found`. */
  require(id: string): TransferOperation {
    return this.#operations.require(id);
  }

  page(cursor: string | undefined, limit: number): Page<Transfer> {
    const page = this.#operations.page(cursor, limit);
    return { items: page.items.map(operation => this.describe(operation)), cursor: page.cursor };
  }

  filePage(id: string, cursor: string | undefined, limit: number): Page<TransferFile> {
    this.require(id);
    const page = this.files.page(id, cursor, limit);
    const moving = this.live.get(id)?.moving;
    return { items: page.items.map(file => describeFile(file, moving)), cursor: page.cursor };
  }

  unfinished(): TransferOperation[] {
    return this.#operations.unfinished();
  }

  countUnfinished(): number {
    return this.#operations.countUnfinished();
  }

  /** Moves a transfer on in its state machine. Throws `wrong-state` where the event has no place. */
  change(id: string, event: TransferEvent, change: TransferChange): TransferOperation {
    return inTransaction(this.#parts.db, () => {
      const before = this.require(id);
      const state = transition(before.state as TransferState, event);
      if (state === null) {
        throw problem(
          'wrong-state',
          `This transfer is "${before.state}", so this cannot be done now.`
        );
      }
      const finished = finishedTransferStates.includes(state);
      const operation = this.#operations.update(id, { ...change, state, finished });
      if (before.state !== state || change.problem !== undefined) {
        this.#parts.events.append('transfer', this.describe(operation));
      }
      return operation;
    });
  }

  /** Tells who listens how far it is; nothing is stored. */
  publish(operation: TransferOperation): void {
    this.#parts.events.publish('transfer', this.describe(operation));
  }

  /** Forgets a transfer that has ended. Throws `wrong-state`. */
  remove(id: string): void {
    inTransaction(this.#parts.db, () => {
      this.#operations.remove(id);
      this.#parts.events.append('transfer-removed', { id });
    });
  }

  describe(operation: TransferOperation): Transfer {
    const live = this.live.get(operation.id);
    const totals = live?.totals ?? this.files.totals(operation.id);
    return describeTransfer(operation, totals, {
      rate: live?.rate ?? null,
      notice: operation.finished ? null : this.noticeOf(operation)
    });
  }
}
