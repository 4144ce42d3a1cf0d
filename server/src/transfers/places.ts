import { isInside } from '../core/paths.ts';
import { bytesText } from '../core/bytes-text.ts';
import type { Parts } from '../parts.ts';
import { limitsOf, type Limits, type Rules } from './limits.ts';
import { NodeShare } from './node-share.ts';
import { systemSlots, type TakeSlot } from './node-slots.ts';
import { PullQueue } from './pull-queue.ts';
import { Pace } from './puller/pace.ts';

/** Who may pull now, and how much: the row of one person's pulls, and their part of the machine. */
export class Places {
  readonly pace = new Pace();
  readonly #parts: Pick<Parts, 'config' | 'facility'>;
  readonly #queue: PullQueue;
  readonly #share: NodeShare;
  readonly #notices = new Map<string, string>();
  /** Rules of the facility that each pull under way belongs to: they hold until it stands still, whatever is chosen. */
  readonly #underWay = new Map<string, Rules>();
  readonly #onChange: (id: string) => void;

  /** `onTurn` hears of a pull that may `enter` now, `onChange` of one whose notice is another one now. */
  constructor(
    parts: Pick<Parts, 'clock' | 'config' | 'facility'>,
    onTurn: (id: string) => void,
    onChange: (id: string) => void,
    take: TakeSlot | null = systemSlots()
  ) {
    this.#parts = parts;
    this.#onChange = onChange;
    this.#queue = new PullQueue(1, onTurn, onChange);
    this.#share = new NodeShare(parts.clock, take, () => this.pace.streams.pump());
    this.#apply();
    parts.facility.onChange(() => this.#apply());
  }

  /** True when it may run, until `leave`. Else it waits in the row, and `onTurn` will tell. */
  enter(id: string): boolean {
    return this.#queue.enter(id);
  }

  /** It takes nothing for now, and keeps its place in the row. */
  pause(id: string): void {
    this.#notices.delete(id);
    if (this.#underWay.delete(id)) {
      this.#apply();
    }
  }

  /** Gives the place in the row back. */
  leave(id: string): void {
    this.pause(id);
    this.#queue.leave(id);
  }

  /**
   * From now on the rules of its own facility hold, until `pause` or `leave`. Waits for a place on the machine;
   * `onWait` hears once that there is none yet. Without one it may use one stream.
   */
  async enterMachine(
    id: string,
    rules: Rules,
    signal: AbortSignal,
    onWait: () => void
  ): Promise<{ readonly leave: () => void; readonly hasPlace: boolean }> {
    this.#underWay.set(id, rules);
    this.#apply();
    const limits = limitsOf(rules, this.#parts.config.transfers);
    const places = limits.nodePulls ?? 0;
    const minutes = Math.ceil(limits.nodeWaitMs / 60_000);
    const entered = await this.#share.enter(limits, signal, isAlone => {
      onWait();
      this.#say(
        id,
        isAlone
          ? `All ${places} places for pulls on this machine are taken. It begins by itself when one is free, and after ${minutes} min with one connection.`
          : `All ${places} places for pulls on this machine are taken, by you too. It begins by itself when one is free.`
      );
    });
    this.#say(
      id,
      entered.hasPlace
        ? null
        : `All ${places} places for pulls on this machine were taken for ${minutes} min, so it goes with one connection.`
    );
    return entered;
  }

  /** Why this pull waits, or goes slower than it could; null when nothing holds it back. `folder` is where its files go. */
  noticeOf(id: string, folder: string, isUnderWay: boolean): string | null {
    const before = this.#queue.before(id);
    if (before !== null) {
      const { places } = this.#queue;
      return before === 0
        ? `At most ${places} of your pulls run at once here. This one is the next, and begins by itself.`
        : `At most ${places} of your pulls run at once here. Before this one wait ${before}; it begins by itself.`;
    }
    const said = this.#notices.get(id);
    if (said !== undefined) {
      return said;
    }
    if (!isUnderWay) {
      return null;
    }
    const { streams } = this.pace;
    if (streams.isStarved(target => isInside(target, folder))) {
      return `Your other pulls use all connections that you may have now. It goes on when one is free.`;
    }
    const { rateBytes } = this.#shared();
    return rateBytes !== null && this.pace.isHeldBack()
      ? `All your pulls together may get ${bytesText(rateBytes)}/s here.`
      : null;
  }

  stop(): void {
    this.#share.stop();
  }

  /** What all pulls under way may take together. */
  #shared(): Limits {
    return limitsOf(this.#parts.config.transfers, ...this.#underWay.values());
  }

  #apply(): void {
    const { config, facility } = this.#parts;
    const shared = this.#shared();
    this.#share.allow(shared);
    this.pace.allow(shared, this.#share);
    // Only pulls of the chosen facility go on.
    this.#queue.allow(limitsOf(facility.current()?.transfers ?? {}, config.transfers).pulls);
  }

  #say(id: string, notice: string | null): void {
    if (notice === null ? this.#notices.delete(id) : this.#notices.get(id) !== notice) {
      if (notice !== null) {
        this.#notices.set(id, notice);
      }
      this.#onChange(id);
    }
  }
}
