import type { CallContext } from '../core/call-context.ts';
import { ProblemError, toProblem } from '../core/problem.ts';
import type { Profile } from '../facility/profile.ts';
import type { Parts } from '../parts.ts';
import type { Backends } from './adapters/backends.ts';
import type { TransferOperation } from './describe.ts';
import { Enumeration, type DatasetLocator } from './enumerate.ts';
import type { FileEnd } from './file-store.ts';
import { LiveTransfer } from './live-transfer.ts';
import { limitsOf, refuseTooLarge, refuseWhenOff } from './limits.ts';
import type { Places } from './places.ts';
import { rateSetting } from './planner.ts';
import { storeOf } from './puller/allowed-url.ts';
import { pullFileOf, TransferRunner } from './runner.ts';
import type { TransferStore } from './transfer-store.ts';

const PROGRESS_MS = 200;
/** How often bytes of half files are written down: after a kill the list is as old as this. */
const SAVE_MS = 2000;
/** How often a rate is told that falls because nothing comes. */
const STILL_MS = 1000;
/** A passing fault is tried again after these pauses; then the person decides. */
const PAUSES_MS = [5000, 10_000, 20_000, 40_000, 60_000];
const passing = new Set([
  'upstream-unreachable',
  'upstream-slow',
  'upstream-error',
  'provider-unreachable'
]);
/** What waits until the person has signed in or chosen a facility; then it goes on by itself. */
const forThePerson = new Set(['sign-in-needed', 'other-facility', 'no-profile', 'bad-profile']);

/** Drives written-down transfers to their end. */
export class TransferDriver {
  readonly #parts: Parts;
  readonly #store: TransferStore;
  readonly #datasets: DatasetLocator;
  readonly #backends: Backends;
  readonly #places: Places;

  constructor(
    parts: Parts,
    store: TransferStore,
    datasets: DatasetLocator,
    { backends, places }: { readonly backends: Backends; readonly places: Places }
  ) {
    this.#parts = parts;
    this.#store = store;
    this.#datasets = datasets;
    this.#backends = backends;
    this.#places = places;
  }

  /**
   * Pulls until the end, a problem, or the end of the process. Gives the milliseconds until the next look; null also
   * when it waits for its turn, of which the places tell.
   */
  async drive(id: string, signal: AbortSignal): Promise<number | null> {
    if (!this.#places.enter(id)) {
      this.#wait(id);
      return null;
    }
    let nextMs: number | null = null;
    try {
      nextMs = await this.#look(id, signal);
      return nextMs;
    } finally {
      // One that only pauses goes on before those that wait: its place is not for them.
      if (nextMs === null) {
        this.#places.leave(id);
      }
    }
  }

  /** One try. Gives the milliseconds until the next one; null when there is none. */
  async #look(id: string, signal: AbortSignal): Promise<number | null> {
    const { live: lives } = this.#store;
    const live = new LiveTransfer();
    lives.set(id, live);
    const call = this.#parts.call(AbortSignal.any([signal, live.stop.signal]));
    // While nothing comes, nobody else says so.
    const ticking = setInterval(() => this.#progress(id, live), STILL_MS);
    try {
      await this.#run(id, call, live);
      this.#finish(id);
      return null;
    } catch (error) {
      signal.throwIfAborted();
      if (this.#store.find(id)?.finished !== false) {
        return null;
      }
      if (live.stop.signal.aborted && !(live.stop.signal.reason instanceof ProblemError)) {
        return 0;
      }
      return this.#stopFor(id, live.stop.signal.reason ?? error, live.hasMoved);
    } finally {
      clearInterval(ticking);
      lives.delete(id);
      live.end();
      live.leaveMachine();
      this.#places.pause(id);
      if (live.lastRate !== null && live.store !== null) {
        this.#parts.settings.set(live.store, String(Math.round(live.lastRate)));
      }
    }
  }

  async #run(id: string, call: CallContext, live: LiveTransfer): Promise<void> {
    const { files } = this.#store;
    const profile = this.#parts.facility.profileFor(this.#store.require(id).facility);
    const isPull = this.#store.require(id).data.mode === 'pull';
    let isSlow = false;
    if (isPull) {
      refuseWhenOff(profile, this.#parts.config);
      const entered = await this.#places.enterMachine(id, profile.transfers, call.signal, () =>
        this.#wait(id)
      );
      live.leaveMachine = entered.leave;
      isSlow = !entered.hasPlace;
    }
    let operation = this.#store.change(id, 'begin', { problem: null });
    if (!operation.data.isListed) {
      const list = new Enumeration(profile, call, files, this.#parts);
      const listed = await list.run(id, operation.request, this.#datasets);
      operation = this.#store.change(id, 'begin', {
        data: { ...operation.data, ...listed, isListed: true }
      });
    }
    live.store = this.#rateSettingOf(id, profile);
    const halves = this.#countHalves(operation);
    live.begin(files.totals(id), halves);
    const runner = new TransferRunner(operation, files, profile, this.#backends, {
      onBytes: (position, bytes) => {
        live.moved(position, bytes);
        this.#stopTooLarge(operation, live, profile);
        this.#progress(id, live);
      },
      onFileEnd: (position, end) => this.#fileEnd(id, live, position, end),
      isSlow
    });
    if (isPull) {
      this.#refuseTooLarge(operation, operation.data.bytesTotal, profile);
      await runner.refuseWhatDoesNotFit(operation.data.bytesTotal);
    }
    await runner.run(call);
  }

  /** It has no place yet: it says so, and is not running. */
  #wait(id: string): void {
    const operation = this.#store.require(id);
    if (operation.state === 'queued') {
      this.#store.publish(operation);
    } else {
      this.#store.change(id, 'wait', { problem: null });
    }
  }

  /** Where nobody said how large it is, it shows when it has come. */
  #stopTooLarge(operation: TransferOperation, live: LiveTransfer, profile: Profile): void {
    const { data } = operation;
    if (data.mode === 'pull' && data.bytesTotal === null) {
      try {
        this.#refuseTooLarge(operation, live.totals?.bytes ?? 0, profile);
      } catch (error) {
        live.stop.abort(error);
      }
    }
  }

  /** By the rules of its own facility, whichever is chosen by now. */
  #refuseTooLarge({ request }: TransferOperation, bytes: number | null, profile: Profile): void {
    const limits = limitsOf(profile.transfers, this.#parts.config.transfers);
    refuseTooLarge(request.title, bytes, limits, profile);
  }

  /** Bytes of half files by position; after a kill more was written down than the next pull can use. */
  #countHalves(operation: TransferOperation): ReadonlyMap<number, number> {
    const { files } = this.#store;
    const backend = this.#backends.of('http');
    return new Map(
      files.halves(operation.id).map(file => {
        const bytes = backend.bytesHere(pullFileOf(operation, file));
        files.saveHalf(operation.id, file.position, bytes);
        return [file.position, bytes];
      })
    );
  }

  #fileEnd(id: string, live: LiveTransfer, position: number, end: FileEnd | null): void {
    const bytes = live.over(position, end);
    if (end === null) {
      this.#store.files.saveHalf(id, position, bytes);
    }
    this.#progress(id, live);
  }

  /** The only place where a transfer becomes verified: all files are, and none is missing. */
  #finish(id: string): void {
    const { done, failed, total, verified } = this.#store.files.totals(id);
    if (failed > 0 || done < total) {
      this.#store.change(id, 'failed', { problem: this.#store.files.firstProblem(id) });
    } else {
      this.#store.change(id, verified === total ? 'all-verified' : 'all-complete', {
        problem: null
      });
    }
  }

  #stopFor(id: string, error: unknown, hasMoved: boolean): number | null {
    const { data } = this.#store.require(id);
    // Faults count in a row; one after some progress is the first of its own.
    const attempts = hasMoved ? 0 : data.attempts;
    const slug = error instanceof ProblemError ? error.slug : 'internal';
    if (forThePerson.has(slug)) {
      this.#store.change(id, 'needs-person', { problem: toProblem(error) });
      return null;
    }
    const pause = passing.has(slug) ? PAUSES_MS[attempts] : undefined;
    if (pause !== undefined) {
      this.#store.change(id, 'begin', {
        problem: toProblem(error),
        data: { ...data, attempts: attempts + 1 }
      });
      return pause;
    }
    if (slug === 'internal') {
      this.#parts.log.error({ err: error, id }, 'transfer failed');
    }
    this.#store.change(id, 'failed', { problem: toProblem(error) });
    return null;
  }

  #progress(id: string, live: LiveTransfer): void {
    const now = this.#parts.clock.monotonic();
    if (now - live.toldAt < PROGRESS_MS) {
      return;
    }
    live.toldAt = now;
    const operation = this.#store.find(id);
    if (operation === null || operation.finished) {
      return;
    }
    const bytes = live.totals?.bytes ?? 0;
    const isStill = bytes === live.toldBytes;
    if (isStill && live.rate === null) {
      return;
    }
    live.toldBytes = bytes;
    if (!isStill && now - live.savedAt >= SAVE_MS) {
      live.savedAt = now;
      for (const [position, bytes] of live.moving) {
        this.#store.files.saveHalf(id, position, bytes);
      }
    }
    live.meter.add(now, bytes - live.foundBytes);
    live.rate = live.meter.rate(now);
    if (!isStill) {
      live.lastRate = live.rate ?? live.lastRate;
    }
    this.#store.publish(operation);
  }

  /** By the store of the first file: the next plan for it tells from this rate how long a pull will take. */
  #rateSettingOf(id: string, profile: Profile): string | null {
    const [file] = this.#store.files.page(id, undefined, 1).items;
    return file === undefined
      ? null
      : rateSetting(profile, storeOf(new URL(file.url), profile.stores));
  }
}
