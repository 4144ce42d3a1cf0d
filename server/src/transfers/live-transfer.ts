import type { Live } from './describe.ts';
import { RateMeter } from './rate.ts';

/** What moves in one transfer while it is looked after. */
export class LiveTransfer implements Live {
  readonly bytes = new Map<number, number>();
  readonly stop = new AbortController();
  readonly meter = new RateMeter();
  /** Resolves when nothing of it runs any more. */
  readonly ended: Promise<void>;
  end: () => void = () => undefined;
  rate: number | null = null;
  /** The last rate that was seen, and of which store; kept for the next plan. */
  lastRate: number | null = null;
  storeId: string | null = null;
  /** True when bytes came since this look began: an earlier fault is over. */
  hasMoved = false;
  toldAt = 0;

  constructor() {
    this.ended = new Promise(resolve => {
      this.end = resolve;
    });
  }

  /** Bytes of one file; the first count may be what an earlier process had. */
  moved(position: number, bytes: number): void {
    const before = this.bytes.get(position);
    this.hasMoved ||= before !== undefined && bytes > before;
    this.bytes.set(position, bytes);
  }
}

/** Why a running transfer was told to stop. */
export class CancelledByPerson extends Error {}
