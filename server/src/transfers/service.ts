import type { Page, StartTransfer, Transfer, TransferFile, TransferListing } from '#contract';
import type { CallContext } from '../core/call-context.ts';
import { newId } from '../core/ids.ts';
import { problem } from '../core/problem.ts';
import type { Reconcilable } from '../core/reconciler.ts';
import type { Parts } from '../parts.ts';
import type { TokenSource } from '../signin/port.ts';
import { inTransaction } from '../store/operation-store.ts';
import { Backends } from './adapters/backends.ts';
import { requestOf, type TransferData } from './describe.ts';
import type { DatasetLocator } from './enumerate.ts';
import { Listing } from './listing.ts';
import { Places } from './places.ts';
import { Planner } from './planner.ts';
import type { TransferEvent } from './state.ts';
import { Sweeper } from './sweeper.ts';
import { TransferDriver } from './transfer-driver.ts';
import { TransferStore } from './transfer-store.ts';

/** What a person can ask of transfers. */
export class TransferService implements Reconcilable {
  readonly kind = 'transfer';
  readonly planner: Planner;
  readonly listing: Listing;
  readonly #parts: Parts;
  readonly #store: TransferStore;
  readonly #backends: Backends;
  readonly #driver: TransferDriver;
  readonly #sweeper: Sweeper;
  readonly #places: Places;
  #wake: (id: string) => void = () => undefined;

  constructor(parts: Parts, datasets: DatasetLocator, signin: Pick<TokenSource, 'hasAccount'>) {
    this.#parts = parts;
    this.planner = new Planner(parts, datasets, signin);
    this.listing = new Listing(parts, datasets, this.planner);
    this.#store = new TransferStore(parts);
    this.#places = new Places(
      parts,
      id => this.#wake(id),
      id => this.#tell(id)
    );
    this.#store.noticeOf = ({ id, request }) =>
      this.#places.noticeOf(id, request.to, this.#store.live.has(id));
    this.#backends = new Backends(
      name => parts.facility.resolveFile(name),
      this.#places.pace,
      parts.surroundings.env
    );
    this.#driver = new TransferDriver(parts, this.#store, datasets, {
      backends: this.#backends,
      places: this.#places
    });
    this.#sweeper = new Sweeper(this.#store, this.#backends);
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
    const known = this.#store.findByKey(key);
    // One profile for both: the place must lie where the facility that is written down allows it.
    const profile = this.#parts.facility.profile();
    const place =
      known === null
        ? await this.planner.destination(wanted, profile, call)
        : this.planner.samePlace(wanted, known.request);
    const { isNew, operation } = this.#store.create(
      newId('t'),
      { facility: profile.id, key },
      requestOf(wanted, place),
      { mode: 'pull', isListed: false, bytesTotal: null, checksums: { kind: 'none' }, attempts: 0 }
    );
    this.#wake(operation.id);
    return { transfer: this.#store.describe(operation), isNew };
  }

  list(cursor: string | undefined, limit: number): Page<Transfer> {
    return this.#store.page(cursor, limit);
  }

  get(id: string): Transfer {
    return this.#store.describe(this.#store.require(id));
  }

  files(id: string, cursor: string | undefined, limit: number): Page<TransferFile> {
    return this.#store.filePage(id, cursor, limit);
  }

  /** Its first files, for other programs. Throws `other-facility`. */
  async listingOf(id: string, call: CallContext): Promise<TransferListing> {
    const { data, facility, request } = this.#store.require(id);
    const profile = this.#parts.facility.profileFor(facility);
    if (!data.isListed) {
      const { catalogue, only, pid, to, url } = request;
      return this.listing.ofWish({ catalogue, only, pid, to, url }, call);
    }
    const { cursor, items } = this.#store.files.page(id, undefined, this.listing.mostFiles);
    return this.listing.ofFiles(request.to, items, cursor === null, profile);
  }

  /** Stops it and throws away what is half; finished files stay. */
  async cancel(id: string): Promise<Transfer> {
    const operation = this.#store.change(id, 'cancel', { problem: null });
    const live = this.#store.live.get(id);
    live?.stop.abort(new Error('cancelled'));
    if (live === undefined) {
      this.#places.leave(id);
    }
    await this.#sweeper.sweep(operation, live?.ended);
    return this.get(id);
  }

  retry(id: string): Transfer {
    return inTransaction(this.#parts.db, () => {
      const { data } = this.#store.require(id);
      this.#store.files.reset(id, data.mode === 'verify' ? ['failed'] : ['failed', 'running']);
      return this.#restart(id, 'retry', { ...data, mode: 'pull', attempts: 0 });
    });
  }

  /** Hashes everything on disk again. */
  verify(id: string): Transfer {
    return inTransaction(this.#parts.db, () => {
      const { data } = this.#store.require(id);
      if (!data.isListed) {
        throw problem(
          'wrong-state',
          'Nothing was pulled yet that could be verified. Retry it instead.'
        );
      }
      this.#store.files.reset(id, ['verified', 'as-sent', 'failed']);
      this.#store.files.forgetHalves(id);
      return this.#restart(id, 'verify', { ...data, mode: 'verify', attempts: 0 });
    });
  }

  /** Forgets a finished transfer and what is half of it; finished files stay. */
  async remove(id: string): Promise<void> {
    const operation = this.#store.require(id);
    if (operation.finished) {
      await this.#sweeper.sweep(operation, this.#store.live.get(id)?.ended);
    }
    this.#store.remove(id);
  }

  countUnfinished(): number {
    return this.#store.countUnfinished();
  }

  /** Something moves or is about to; what waits for the person does not count. */
  isBusy(): boolean {
    return this.#store.unfinished().some(({ state }) => state !== 'needs-you');
  }

  /** After a sign-in or another choice of facility, whoever waited for it goes on. */
  wakeWaiting(): void {
    for (const { id, state } of this.#store.unfinished()) {
      if (state === 'needs-you') {
        this.#wake(id);
      }
    }
  }

  /** Nothing goes on with the stores and tokens of a facility that is no longer chosen. */
  facilityChanged(): void {
    for (const live of this.#store.live.values()) {
      live.stop.abort(new Error('another facility was chosen'));
    }
    this.wakeWaiting();
  }

  unfinishedIds(): readonly string[] {
    // Those that were running have their places again, whoever was asked for first.
    const all = this.#store.unfinished();
    const running = all.filter(({ state }) => state === 'running');
    return [...new Set([...running, ...all])].map(({ id }) => id);
  }

  /** See `Reconcilable`. */
  async reconcile(id: string, signal: AbortSignal): Promise<number | null> {
    await this.#sweeper.idle(id);
    if (this.#store.find(id)?.finished !== false) {
      this.#places.leave(id);
      return null;
    }
    const nextMs = await this.#driver.drive(id, signal);
    const operation = this.#store.find(id);
    if (operation?.state === 'failed') {
      await this.#sweeper.tidy(operation);
    }
    return nextMs;
  }

  async stop(): Promise<void> {
    this.#places.stop();
    await this.#backends.close();
  }

  #tell(id: string): void {
    const operation = this.#store.find(id);
    if (operation?.finished === false) {
      this.#store.publish(operation);
    }
  }

  #restart(id: string, event: TransferEvent, data: TransferData): Transfer {
    const operation = this.#store.change(id, event, { problem: null, data, reopen: true });
    this.#wake(id);
    return this.#store.describe(operation);
  }
}
