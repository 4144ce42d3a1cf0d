import type { Sample } from './exposition.ts';

/** Counts by labels. */
export class Counter {
  readonly #counts = new Map<string, { labels: Readonly<Record<string, string>>; value: number }>();

  add(labels: Readonly<Record<string, string>>, by = 1): void {
    const key = JSON.stringify(labels);
    const known = this.#counts.get(key);
    this.#counts.set(key, { labels, value: (known?.value ?? 0) + by });
  }

  samples(): Sample[] {
    return [...this.#counts.values()];
  }
}

/** Counts of durations by label, below each of some bounds (Prometheus' histogram: each bucket holds the smaller ones). */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly #series = new Map<
    string,
    { labels: Readonly<Record<string, string>>; below: number[]; sum: number; count: number }
  >();

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
  }

  observe(labels: Readonly<Record<string, string>>, value: number): void {
    const key = JSON.stringify(labels);
    const known = this.#series.get(key) ?? {
      labels,
      below: this.#bounds.map(() => 0),
      sum: 0,
      count: 0
    };
    this.#series.set(key, {
      labels,
      below: known.below.map(
        (count, index) => count + (value <= (this.#bounds[index] ?? 0) ? 1 : 0)
      ),
      sum: known.sum + value,
      count: known.count + 1
    });
  }

  samples(): Sample[] {
    return [...this.#series.values()].flatMap(({ below, count, labels, sum }) => [
      ...[...this.#bounds, Infinity].map((bound, index) => ({
        suffix: '_bucket',
        labels: { ...labels, le: bound === Infinity ? '+Inf' : String(bound) },
        value: below[index] ?? count
      })),
      { suffix: '_sum', labels, value: sum },
      { suffix: '_count', labels, value: count }
    ]);
  }
}
