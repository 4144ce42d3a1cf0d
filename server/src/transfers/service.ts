import { finishedTransferStates } from '#contract';
import type { Page, StartTransfer, Transfer, TransferFile, TransferState } from '#contract';
import { fetchTrusting } from '../core/ca-fetch.ts';
import type { CallContext } from '../core/call-context.ts';
import type { Fetch } from '../core/http-client.ts';
import { newId } from '../core/ids.ts';
import { problem, ProblemError, toProblem } from '../core/problem.ts';
import type { Reconcilable } from '../core/reconciler.ts';
import type { Profile, StoreProfile } from '../facility/profile.ts';
import type { Parts } from '../parts.ts';
import { inTransaction, OperationStore } from '../store/operation-store.ts';
import { transferBackends } from './adapters/index.ts';
import {
  describeFile,
  describeTransfer,
  requestOf,
  type TransferData,
  type TransferOperation,
  type TransferRequest
} from './describe.ts';
import { Enumeration, type DatasetLocator } from './enumerate.ts';
import { FileStore } from './file-store.ts';
import { CancelledByPerson, LiveTransfer } from './live-transfer.ts';
import type { TransferBackend } from './port.ts';
import { storeOf } from './puller/allowed-url.ts';
import { readAuthority } from './puller/authority.ts';
import { Planner, rateSetting } from './planner.ts';
import { TransferRunner } from './runner.ts';
import { Sweeper } from './sweeper.ts';
import { transition, type TransferEvent } from './state.ts';

const PROGRESS_MS = 200;
const AT_ONCE = 2;
/** A passing fault is tried again after these pauses; then the person decides. */
const PAUSES_MS = [5000, 10_000, 20_000, 40_000, 60_000];
const passing = new Set([
  'upstream-unreachable',
  'upstream-slow',
  'upstream-error',
  'provider-unreachable'
]);

/** Plans, starts and drives transfers. */
export class TransferService implements Reconcilable {
  readonly kind = 'transfer';
  readonly #parts: Parts;
  readonly planner: Planner;
  readonly #datasets: DatasetLocator;
  readonly #operations: OperationStore<TransferRequest, TransferData>;
  readonly #files: FileStore;
  readonly #backends = new Map<string, TransferBackend & { close(): Promise<void> }>();
  readonly #live = new Map<string, LiveTransfer>();
  readonly #sweeper: Sweeper;
  #wake: (id: string) => void = () => undefined;

  constructor(parts: Parts, datasets: DatasetLocator) {
    this.#parts = parts;
    this.#datasets = datasets;
    this.planner = new Planner(parts, datasets);
    this.#operations = new OperationStore(parts.db, this.kind, parts.clock);
    this.#files = new FileStore(parts.db);
    this.#sweeper = new Sweeper(this.#files, () => this.#backend('http'));
  }

  /** The reconciler says how to be woken. */
  connect(wake: (id: string) => void): void {
    this.#wake = wake;
  }

  /** Writes the transfer down and returns at once. */
  async start(
    wanted: StartTransfer,
    key: string,
    call: CallContext
  ): Promise<{ transfer: Transfer; isNew: boolean }> {
    const known = this.#operations.findByKey(key);
    const request = requestOf(
      wanted,
      known === null
        ? await this.planner.destination(wanted, call)
        : this.planner.samePlace(wanted, known.request)
    );
    const { isNew, operation } = inTransaction(this.#parts.db, () => {
      const created = this.#operations.create({
        id: newId('t'),
        idempotencyKey: key,
        state: 'queued',
        request,
        data: {
          mode: 'pull',
          isListed: false,
          bytesTotal: null,
          checksums: { kind: 'none' },
          attempts: 0
        }
      });
      if (created.isNew) {
        this.#tell(created.operation, true);
      }
      return created;
    });
    this.#wake(operation.id);
    return { transfer: this.#describe(operation), isNew };
  }

  list(cursor: string | undefined, limit: number): Page<Transfer> {
    const page = this.#operations.page(cursor, limit);
    return { items: page.items.map(operation => this.#describe(operation)), cursor: page.cursor };
  }

  get(id: string): Transfer {
    return this.#describe(this.#operations.require(id));
  }

  files(id: string, cursor: string | undefined, limit: number): Page<TransferFile> {
    this.#operations.require(id);
    const page = this.#files.page(id, cursor, limit);
    const live = this.#live.get(id) ?? null;
    return { items: page.items.map(file => describeFile(file, live)), cursor: page.cursor };
  }

  /** Stops it and throws away what is half; finished files stay. */
  async cancel(id: string): Promise<Transfer> {
    const operation = this.#change(id, 'cancel', {});
    const live = this.#live.get(id);
    live?.stop.abort(new CancelledByPerson('cancelled'));
    await this.#sweeper.sweep(operation, live?.ended);
    return this.get(id);
  }

  retry(id: string): Transfer {
    return inTransaction(this.#parts.db, () => {
      const { data } = this.#operations.require(id);
      this.#files.reset(id, data.mode === 'verify' ? ['failed'] : ['failed', 'running']);
      return this.#restart(id, 'retry', { ...data, mode: 'pull', attempts: 0 });
    });
  }

  /** Hashes everything on disk again. */
  verify(id: string): Transfer {
    return inTransaction(this.#parts.db, () => {
      const { data } = this.#operations.require(id);
      if (!data.isListed) {
        throw problem(
          'wrong-state',
          'Nothing was pulled yet that could be verified. Retry it instead.'
        );
      }
      this.#files.reset(id, ['verified', 'as-sent', 'failed']);
      return this.#restart(id, 'verify', { ...data, mode: 'verify', attempts: 0 });
    });
  }

  /** Forgets a finished transfer and what is half of it; finished files stay. */
  async remove(id: string): Promise<void> {
    const operation = this.#operations.require(id);
    if (operation.finished) {
      await this.#sweeper.sweep(operation, this.#live.get(id)?.ended);
    }
    inTransaction(this.#parts.db, () => {
      this.#operations.remove(id);
      this.#parts.events.append('transfer-removed', { id });
    });
  }

  countUnfinished(): number {
    return this.#operations.countUnfinished();
  }

  /** Something moves or is about to; what waits for the person does not count. */
  isBusy(): boolean {
    return this.#operations.unfinished().some(({ state }) => state !== 'needs-you');
  }

  /** After a sign-in, whoever waited for it goes on. */
  wakeWaiting(): void {
    for (const { id, state } of this.#operations.unfinished()) {
      if (state === 'needs-you') {
        this.#wake(id);
      }
    }
  }

  unfinishedIds(): readonly string[] {
    return this.#operations.unfinished().map(({ id }) => id);
  }

  /** See `Reconcilable`: pulls until the end, a problem, or the end of the process. */
  async reconcile(id: string, signal: AbortSignal): Promise<number | null> {
    await this.#sweeper.idle(id);
    const operation = this.#operations.find(id);
    if (operation === null || operation.finished) {
      return null;
    }
    if (this.#live.size >= AT_ONCE) {
      return 1000;
    }
    const live = new LiveTransfer();
    this.#live.set(id, live);
    const call = this.#parts.call(AbortSignal.any([signal, live.stop.signal]));
    try {
      await this.#run(id, call, live);
      this.#finish(id);
      return null;
    } catch (error) {
      signal.throwIfAborted();
      const isOver = live.stop.signal.aborted || this.#operations.find(id)?.finished !== false;
      return isOver ? null : this.#stopFor(id, error, live.hasMoved);
    } finally {
      this.#live.delete(id);
      live.end();
      if (live.lastRate !== null && live.storeId !== null) {
        this.#parts.settings.set(rateSetting(live.storeId), String(Math.round(live.lastRate)));
      }
    }
  }

  /** Ends the threads of the backends. */
  async stop(): Promise<void> {
    await Promise.all([...this.#backends.values()].map(backend => backend.close()));
  }

  async #run(id: string, call: CallContext, live: LiveTransfer): Promise<void> {
    const profile = this.#parts.facility.profile();
    let operation = this.#change(id, 'begin', { problem: null });
    if (!operation.data.isListed) {
      const list = new Enumeration(profile, call, this.#files, store => this.#fetchOf(store));
      const listed = await list.run(id, operation.request, this.#datasets);
      operation = this.#change(id, 'begin', {
        data: { ...operation.data, ...listed, isListed: true }
      });
    }
    live.storeId = this.#storeIdOf(id, profile);
    const runner = new TransferRunner(
      operation,
      this.#files,
      profile,
      kind => this.#backend(kind),
      {
        onBytes: (position, bytes) => {
          live.moved(position, bytes);
          this.#progress(id, live);
        },
        onFileEnd: position => {
          live.bytes.delete(position);
          this.#progress(id, live);
        }
      }
    );
    if (operation.data.mode === 'pull') {
      await runner.refuseWhatDoesNotFit(operation.data.bytesTotal);
    }
    await runner.run(call);
  }

  /** The only place where a transfer becomes verified: all files are, and none is missing. */
  #finish(id: string): void {
    const { done, failed, total, verified } = this.#files.totals(id);
    if (failed > 0 || done < total) {
      this.#change(id, 'failed', { problem: this.#files.firstProblem(id) });
    } else {
      this.#change(id, verified === total ? 'all-verified' : 'all-complete', { problem: null });
    }
  }

  #stopFor(id: string, error: unknown, hasMoved: boolean): number | null {
    const { data } = this.#operations.require(id);
    // Faults count in a row; one after some progress is the first of its own.
    const attempts = hasMoved ? 0 : data.attempts;
    const slug = error instanceof ProblemError ? error.slug : 'internal';
    if (slug === 'sign-in-needed') {
      this.#change(id, 'needs-sign-in', { problem: toProblem(error) });
      return null;
    }
    const pause = passing.has(slug) ? PAUSES_MS[attempts] : undefined;
    if (pause !== undefined) {
      this.#change(id, 'begin', {
        problem: toProblem(error),
        data: { ...data, attempts: attempts + 1 }
      });
      return pause;
    }
    if (slug === 'internal') {
      this.#parts.log.error({ err: error, id }, 'transfer failed');
    }
    this.#change(id, 'failed', { problem: toProblem(error) });
    return null;
  }

  #restart(id: string, event: TransferEvent, data: TransferData): Transfer {
    const operation = this.#change(id, event, { problem: null, data, reopen: true });
    this.#wake(id);
    return this.#describe(operation);
  }

  #change(
    id: string,
    event: TransferEvent,
    change: { problem?: Transfer['problem']; data?: TransferData; reopen?: boolean }
  ): TransferOperation {
    return inTransaction(this.#parts.db, () => {
      const before = this.#operations.require(id);
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
        this.#tell(operation, true);
      }
      return operation;
    });
  }

  #progress(id: string, live: LiveTransfer): void {
    const now = this.#parts.clock.monotonic();
    if (now - live.toldAt < PROGRESS_MS) {
      return;
    }
    live.toldAt = now;
    const operation = this.#operations.find(id);
    if (operation === null || operation.finished) {
      return;
    }
    live.meter.add(now, describeTransfer(operation, this.#files, live).bytes);
    live.rate = live.meter.rate(now);
    live.lastRate = live.rate ?? live.lastRate;
    this.#tell(operation, false);
  }

  #tell(operation: TransferOperation, isStored: boolean): void {
    const transfer = this.#describe(operation);
    if (isStored) {
      this.#parts.events.append('transfer', transfer);
    } else {
      this.#parts.events.publish('transfer', transfer);
    }
  }

  #describe(operation: TransferOperation): Transfer {
    return describeTransfer(operation, this.#files, this.#live.get(operation.id) ?? null);
  }

  /** Store of the first file: the next plan for it tells from this rate how long a pull will take. */
  #storeIdOf(id: string, { stores }: Profile): string | null {
    const [file] = this.#files.page(id, undefined, 1).items;
    return file === undefined ? null : storeOf(new URL(file.url), stores).id;
  }

  #fetchOf(store: StoreProfile): Fetch {
    const ca = readAuthority(store, name => this.#parts.facility.resolveFile(name));
    return ca === null ? this.#parts.fetch : fetchTrusting(ca);
  }

  #backend(kind: keyof typeof transferBackends): TransferBackend {
    const known =
      this.#backends.get(kind) ??
      transferBackends[kind](name => this.#parts.facility.resolveFile(name));
    this.#backends.set(kind, known);
    return known;
  }
}
