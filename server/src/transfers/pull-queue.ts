/** Hands out the places for pulls that run at once, in the order in which they were asked for. */
export class PullQueue {
  readonly #running = new Set<string>();
  /** In their order. */
  readonly #waiting = new Set<string>();
  readonly #onTurn: (id: string) => void;
  readonly #onMoved: (id: string) => void;
  #places: number;

  /** `onTurn` hears of one that may enter now; `onMoved` of one that still waits, with fewer before it. */
  constructor(places: number, onTurn: (id: string) => void, onMoved: (id: string) => void) {
    this.#places = places;
    this.#onTurn = onTurn;
    this.#onMoved = onMoved;
  }

  get places(): number {
    return this.#places;
  }

  /** Fewer places take nothing from who runs already. */
  allow(places: number): void {
    const isMore = places > this.#places;
    this.#places = places;
    if (isMore) {
      this.#callNext();
    }
  }

  /** True when it has a place, until `leave`. Else it waits at the end of the row, or where it stood. */
  enter(id: string): boolean {
    if (this.#running.has(id)) {
      return true;
    }
    this.#waiting.add(id);
    if (!this.#isTurnOf(id)) {
      return false;
    }
    this.#waiting.delete(id);
    this.#running.add(id);
    return true;
  }

  /** Gives the place back, or stops waiting for one. */
  leave(id: string): void {
    const hadPlace = this.#running.delete(id);
    if (this.#waiting.delete(id) || hadPlace) {
      this.#callNext();
    }
  }

  /** How many wait before it; null when it does not wait. */
  before(id: string): number | null {
    const place = [...this.#waiting].indexOf(id);
    return place < 0 ? null : place;
  }

  #isTurnOf(id: string): boolean {
    return (this.before(id) ?? 0) < this.#places - this.#running.size;
  }

  #callNext(): void {
    for (const id of [...this.#waiting]) {
      if (this.#isTurnOf(id)) {
        this.#onTurn(id);
      } else {
        this.#onMoved(id);
      }
    }
  }
}
