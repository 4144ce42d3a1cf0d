import type { Clock } from '../core/clock.ts';
import type { Limits } from './limits.ts';
import type { Slot, TakeSlot } from './node-slots.ts';
import type { SharedRoom } from './puller/stream-gate.ts';

/** How often a place is looked for. Nobody tells that one became free. */
const LOOK_MS = 1000;
/** So long a connection may be kept from the others; then it is given back for a moment. */
const HOLD_MS = 60_000;
const REST_MS = 2500;

/** This person's part of what everybody on the machine may take together. */
export class NodeShare implements SharedRoom {
  readonly #clock: Clock;
  readonly #take: TakeSlot | null;
  readonly #pump: () => void;
  readonly #ending = new AbortController();
  #extra: number | null = null;
  /** Running pulls: each has one connection of its own. */
  #pulls = 0;
  #held: { readonly slot: Slot; readonly until: number }[] = [];
  #isLooking = false;

  /** `pump` is called when there is more or less room than before. */
  constructor(clock: Clock, take: TakeSlot | null, pump: () => void) {
    this.#clock = clock;
    this.#take = take;
    this.#pump = pump;
  }

  allow({ nodeExtraStreams }: Pick<Limits, 'nodeExtraStreams'>): void {
    this.#extra = this.#take === null ? null : nodeExtraStreams;
    this.#pump();
  }

  /**
   * Waits for a place for one pull. `onWait` hears once that none is free, and whether nothing else of this person
   * runs. Gives a function that gives the place back, and whether it is a place: after the longest wait a pull goes
   * on without one, unless another one of this person runs.
   */
  async enter(
    { nodePulls, nodeWaitMs }: Pick<Limits, 'nodePulls' | 'nodeWaitMs'>,
    signal: AbortSignal,
    onWait: (isAlone: boolean) => void
  ): Promise<{ readonly leave: () => void; readonly hasPlace: boolean }> {
    let slot: Slot | null = null;
    const isShared = nodePulls !== null && this.#take !== null;
    const end = this.#clock.monotonic() + nodeWaitMs;
    for (let isFirst = true; isShared; isFirst = false) {
      slot = (await this.#take?.('pull', nodePulls)) ?? null;
      if (slot !== null || (this.#clock.monotonic() >= end && this.#pulls === 0)) {
        break;
      }
      if (isFirst) {
        onWait(this.#pulls === 0);
      }
      // Uneven, so that two who wait do not always look at the same moment.
      await this.#clock.sleep(LOOK_MS * (0.75 + Math.random() / 2), signal);
    }
    if (signal.aborted) {
      slot?.release();
      signal.throwIfAborted();
    }
    this.#pulls++;
    this.#pump();
    const leave = (): void => {
      this.#pulls--;
      slot?.release();
      this.#pump();
    };
    return { leave, hasPlace: !isShared || slot !== null };
  }

  /** See `SharedRoom`. What was kept long enough is not lent out again. */
  room(): number {
    const now = this.#clock.monotonic();
    return this.#extra === null
      ? Number.POSITIVE_INFINITY
      : this.#pulls + this.#held.filter(({ until }) => now < until).length;
  }

  /** See `SharedRoom`. */
  want(): void {
    if (!this.#isLooking && this.#extra !== null && this.#extra > 0) {
      this.#isLooking = true;
      const now = this.#clock.monotonic();
      const isLong = this.#held.some(({ until }) => now >= until);
      void this.#look(this.#extra, isLong ? REST_MS : 0).catch(() => undefined);
    }
  }

  /** See `SharedRoom`. */
  used(count: number): void {
    while (this.#held.length > 0 && this.#pulls + this.#held.length > count) {
      this.#held.shift()?.slot.release();
    }
  }

  /** Looks for nothing more. */
  stop(): void {
    this.#ending.abort();
  }

  async #look(extra: number, restMs: number): Promise<void> {
    if (restMs > 0) {
      await this.#clock.sleep(restMs, this.#ending.signal);
    }
    const slot = (await this.#take?.('stream', extra)) ?? null;
    if (slot !== null) {
      this.#held.push({ slot, until: this.#clock.monotonic() + HOLD_MS });
    } else {
      await this.#clock.sleep(LOOK_MS * (0.75 + Math.random() / 2), this.#ending.signal);
    }
    this.#isLooking = false;
    // Whoever still waits wants more; what nobody waits for any more is given back.
    this.#pump();
  }
}
