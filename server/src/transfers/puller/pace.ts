import { isHeldBack, newRateMemory, setRate, type RateMemory } from './rate-limit.ts';
import { StreamGate, type SharedRoom } from './stream-gate.ts';

/** How many connections and how many bytes a second all pulls of this process may take together. */
export class Pace {
  readonly streams = new StreamGate();
  /** For the threads that read. */
  readonly rate: RateMemory = newRateMemory();

  /** True while the limit is what keeps bytes from coming faster. */
  isHeldBack(): boolean {
    return isHeldBack(this.rate);
  }

  /** Holds at once, for what runs already too. */
  allow(
    { rateBytes, streams }: { readonly streams: number; readonly rateBytes: number | null },
    shared: SharedRoom | null
  ): void {
    this.streams.allow(streams, shared);
    setRate(this.rate, rateBytes);
  }
}
