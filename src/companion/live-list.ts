import { Signal, type ISignal } from '@lumino/signaling';
import type { EventMap } from '../contract/events.ts';
import type { Page } from '../contract/paging.ts';
import type { Problem } from '../contract/problem.ts';
import type { ICompanion } from './tokens.ts';

/** What a row of a live list must have. */
interface IListed {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Which events change the list: `transfer` and `transfer-removed`, or `job` and `job-removed`. */
type Kind = 'transfer' | 'job';

const PAGE_ROWS = 50;

/**
 * The operations of one kind, newest first: the first page is loaded, more when asked for, and every event
 * updates its row. Numbers never jump back: an older version of a row is dropped.
 */
export class LiveList<K extends Kind> {
  readonly #companion: ICompanion;
  readonly #path: string;
  readonly #changed = new Signal<this, void>(this);
  readonly #rows = new Map<string, EventMap[K] & IListed>();
  #sorted: readonly EventMap[K][] = [];
  #cursor: string | null = null;
  #problem: Problem | null = null;
  #running: Promise<void> | null = null;
  #isStale = false;
  #isLoaded = false;

  constructor(companion: ICompanion, path: string, kind: K) {
    this.#companion = companion;
    this.#path = path;
    companion.events.on(kind).connect((_, row) => this.put(row), this);
    companion.events.on(`${kind}-removed`).connect((_, { id }) => this.remove(id), this);
    companion.events.on('reset').connect(() => {
      if (this.#isLoaded || this.isLoading) {
        void this.refresh();
      }
    }, this);
  }

  /** Newest first. */
  get items(): readonly EventMap[K][] {
    return this.#sorted;
  }

  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  get isLoading(): boolean {
    return this.#running !== null;
  }

  get hasMore(): boolean {
    return this.#cursor !== null;
  }

  get problem(): Problem | null {
    return this.#problem;
  }

  get changed(): ISignal<this, void> {
    return this.#changed;
  }

  get(id: string): EventMap[K] | undefined {
    return this.#rows.get(id);
  }

  /** Loads the first page unless that has been done, and opens the stream of events. */
  load(): Promise<void> {
    this.#companion.events.start();
    return this.#isLoaded ? Promise.resolve() : this.#once(null);
  }

  /** Loads the first page again and forgets the rest. Never rejects: see `problem`. */
  refresh(): Promise<void> {
    // What is under way may have been answered before the change that we were told of.
    this.#isStale = this.isLoading;
    return this.#once(null);
  }

  /** Loads the next page. */
  more(): Promise<void> {
    return this.#cursor === null ? Promise.resolve() : this.#once(this.#cursor);
  }

  /** Takes a row from an event or an answer, unless a newer version is there. */
  put(row: EventMap[K]): void {
    const listed = row as EventMap[K] & IListed;
    const known = this.#rows.get(listed.id);
    if (known === undefined || known.updatedAt <= listed.updatedAt) {
      this.#rows.set(listed.id, listed);
      this.#publish();
    }
  }

  remove(id: string): void {
    if (this.#rows.delete(id)) {
      this.#publish();
    }
  }

  /** Stops listening. */
  dispose(): void {
    Signal.clearData(this);
  }

  #once(cursor: string | null): Promise<void> {
    this.#running ??= this.#load(cursor);
    return this.#running;
  }

  async #load(cursor: string | null): Promise<void> {
    await this.#page(cursor);
    while (this.#isStale) {
      this.#isStale = false;
      await this.#page(null);
    }
    this.#running = null;
    this.#changed.emit();
  }

  async #page(cursor: string | null): Promise<void> {
    const before = new Map(this.#rows);
    try {
      const page = await this.#companion.get<Page<EventMap[K] & IListed>>(this.#path, {
        limit: PAGE_ROWS,
        cursor
      });
      if (cursor === null) {
        // Rows that an event brought while we were waiting are newer than the page and stay.
        for (const [id, row] of before) {
          if (this.#rows.get(id) === row) {
            this.#rows.delete(id);
          }
        }
      }
      for (const row of page.items) {
        const known = this.#rows.get(row.id) ?? before.get(row.id);
        this.#rows.set(
          row.id,
          known !== undefined && known.updatedAt > row.updatedAt ? known : row
        );
      }
      this.#cursor = page.cursor;
      this.#problem = null;
      this.#isLoaded = true;
    } catch (error) {
      this.#problem = this.#companion.problemOf(error);
    }
    this.#publish();
  }

  #publish(): void {
    this.#sorted = [...this.#rows.values()].sort(
      (a, b) => b.createdAt.localeCompare(a.createdAt) || b.id.localeCompare(a.id)
    );
    this.#changed.emit();
  }
}
