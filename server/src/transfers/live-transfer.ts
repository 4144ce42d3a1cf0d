import type { FileEnd, FileTotals } from './file-store.ts';
import { RateMeter } from './rate.ts';

/** What moves in one transfer while it is looked after; in memory only. */
export class LiveTransfer {
  readonly stop = new AbortController();
  readonly meter = new RateMeter();
  /** Resolves when nothing of it runs any more. */
  readonly ended: Promise<void>;
  end: () => void = () => undefined;
  rate: number | null = null;
  /** The last rate that was seen, and under which name it is kept for the next plan. */
  lastRate: number | null = null;
  store: string | null = null;
  /** Gives back its place on the machine. */
  leaveMachine: () => void = () => undefined;
  /** True when bytes came since this look began: an earlier fault is over. */
  hasMoved = false;
  toldAt = 0;
  toldBytes = -1;
  /** Bytes of files that were here before: nobody fetched them, so they make no rate. */
  foundBytes = 0;
  savedAt = 0;
  readonly #moving = new Map<number, number>();
  #halves = new Map<number, number>();
  #totals: FileTotals | null = null;

  constructor() {
    this.ended = new Promise(resolve => {
      this.end = resolve;
    });
  }

  /** Bytes of the files that are under way, by position. */
  get moving(): ReadonlyMap<number, number> {
    return this.#moving;
  }

  /** The files as they are counted from now on; null until they are listed. Counting them anew takes a query. */
  get totals(): FileTotals | null {
    if (this.#totals === null) {
      return null;
    }
    const moving = [...this.#moving.values()].reduce((sum, bytes) => sum + bytes, 0);
    return { ...this.#totals, bytes: this.#totals.bytes + moving };
  }

  /** Begins with what is stored; `halves` are bytes of waiting files that are here already, by position. */
  begin(totals: FileTotals, halves: ReadonlyMap<number, number>): void {
    this.#totals = totals;
    this.#halves = new Map(halves);
  }

  /** Bytes of one file; the first count may be what an earlier process had. */
  moved(position: number, bytes: number): void {
    const before = this.#moving.get(position);
    this.hasMoved ||= before !== undefined && bytes > before;
    this.#takeUp(position);
    this.#moving.set(position, bytes);
  }

  /** One file is over; null when it was given up for now. Gives the bytes of it that are here. */
  over(position: number, end: FileEnd | null): number {
    const bytes = this.#moving.get(position) ?? this.#halves.get(position) ?? 0;
    this.#takeUp(position);
    this.#moving.delete(position);
    const totals = this.#totals;
    if (totals === null) {
      return bytes;
    }
    if (end === null) {
      this.#halves.set(position, bytes);
      this.#totals = { ...totals, bytes: totals.bytes + bytes };
    } else if (end.state === 'failed') {
      this.#totals = { ...totals, failed: totals.failed + 1 };
    } else {
      this.foundBytes += end.wasHere === true ? end.bytes : 0;
      this.#totals = {
        ...totals,
        done: totals.done + 1,
        verified: totals.verified + (end.state === 'verified' ? 1 : 0),
        here: totals.here + (end.wasHere === true ? 1 : 0),
        bytes: totals.bytes + end.bytes,
        doneBytes: totals.doneBytes + end.bytes
      };
    }
    return bytes;
  }

  /** What is half of a file counts once: as stored, or as it moves. */
  #takeUp(position: number): void {
    const half = this.#halves.get(position);
    if (half !== undefined && this.#totals !== null) {
      this.#halves.delete(position);
      this.#totals = { ...this.#totals, bytes: this.#totals.bytes - half };
    }
  }
}
