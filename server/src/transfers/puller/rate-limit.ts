/**
 * Bytes a second that all threads of the puller share: two numbers in memory that they all see.
 * It is the virtual scheduling form of a token bucket (GCRA, ITU-T I.371): instead of tokens it keeps the time
 * at which everything that was taken so far is paid for.
 */
export type RateMemory = SharedArrayBuffer;

const PAID_AT = 0;
const NS_PER_MB = 1;
/** So much may come at once after a pause. */
const BURST_NS = 250_000_000n;
/** One sleep; a thread that sleeps hears of no cancel. */
const LONGEST_SLEEP_MS = 2500;

export function newRateMemory(): RateMemory {
  return new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT);
}

/** Sets the limit for all threads at once; null is none. */
export function setRate(memory: RateMemory, bytesPerSecond: number | null): void {
  const nsPerMb = bytesPerSecond === null ? 0 : Math.max(1, Math.round(1e15 / bytesPerSecond));
  Atomics.store(new BigInt64Array(memory), NS_PER_MB, BigInt(nsPerMb));
}

/** Takes bytes that came; gives the milliseconds until they are paid for. */
export function takeBytes(
  memory: RateMemory,
  count: number,
  nowNs: bigint = process.hrtime.bigint()
): number {
  const shared = new BigInt64Array(memory);
  const nsPerMb = Atomics.load(shared, NS_PER_MB);
  if (nsPerMb === 0n) {
    return 0;
  }
  const cost = (BigInt(count) * nsPerMb) / 1_000_000n;
  for (;;) {
    const before = Atomics.load(shared, PAID_AT);
    const earliest = nowNs - BURST_NS;
    const paidAt = (before > earliest ? before : earliest) + cost;
    if (Atomics.compareExchange(shared, PAID_AT, before, paidAt) === before) {
      return Math.max(0, Number(paidAt - nowNs) / 1e6);
    }
  }
}

/** True while bytes come as fast as they may: some of the last moment are not paid for yet, or only just. */
export function isHeldBack(memory: RateMemory, nowNs: bigint = process.hrtime.bigint()): boolean {
  return Atomics.load(new BigInt64Array(memory), PAID_AT) > nowNs - BURST_NS;
}

/**
 * The same, and sleeps until then: nothing is read meanwhile, so that the store stops sending (flow control of TCP).
 * Only for a thread that does nothing but read.
 */
export function payForBytes(memory: RateMemory, count: number): void {
  const ms = Math.min(LONGEST_SLEEP_MS, takeBytes(memory, count));
  if (ms >= 1) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  }
}
