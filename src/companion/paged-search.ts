import { Signal, type ISignal } from '@lumino/signaling';
import type { Page } from '../contract/paging.ts';
import type { Problem } from '../contract/problem.ts';
import { isAbort } from './problem-error.ts';
import type { ICompanion, Query as RequestQuery } from './tokens.ts';

const DEBOUNCE_MS = 250;

/** What is asked for; `q` is the text that a person types. */
type SearchQuery = RequestQuery & { readonly q?: string };

/** Where a search asks, and how. */
interface ISearchOptions<Query> {
  /** Relative to the companion, such as `datasets`. */
  readonly path: string;
  /** What is asked for at first. */
  readonly query: Query;
  readonly pageRows: number;
}

/**
 * A list that is searched as one types: waits for a pause, gives up what is no longer wanted, loads page by page.
 * `Extra` is what an answer holds besides its rows.
 */
export class PagedSearch<Query extends SearchQuery, Item, Extra = unknown> {
  readonly #companion: ICompanion;
  readonly #path: string;
  readonly #pageRows: number;
  readonly #changed = new Signal<this, void>(this);
  #query: Query;
  #items: readonly Item[] = [];
  #lastPage: (Page<Item> & Extra) | null = null;
  #problem: Problem | null = null;
  /** Cursor of the page that was asked for last; null once the question is another. */
  #asked: string | null = null;
  #hasRun = false;
  #isStopped = false;
  #running: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(companion: ICompanion, options: ISearchOptions<Query>) {
    this.#companion = companion;
    this.#path = options.path;
    this.#pageRows = options.pageRows;
    this.#query = options.query;
    companion.events.on('facility').connect(() => void (this.#hasRun && this.run()), this);
  }

  get query(): Query {
    return this.#query;
  }

  get text(): string {
    return this.#query.q ?? '';
  }

  get items(): readonly Item[] {
    return this.#items;
  }

  /** The answer that came last, as it came; null before there is one. */
  get lastPage(): (Page<Item> & Extra) | null {
    return this.#lastPage;
  }

  get hasMore(): boolean {
    return this.#lastPage !== null && this.#lastPage.cursor !== null;
  }

  /** An answer has come: an empty list now means that nothing was found. */
  get isLoaded(): boolean {
    return this.#lastPage !== null;
  }

  /** Waiting for a pause in the typing counts: what is there answers an older question. */
  get isLoading(): boolean {
    return this.#timer !== undefined || this.#running !== null;
  }

  /** What is there answers an older question; a further page does not make it so. */
  get isOutdated(): boolean {
    return this.#timer !== undefined || (this.#running !== null && this.#asked === null);
  }

  /** The person gave up waiting. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  get problem(): Problem | null {
    return this.#problem;
  }

  get changed(): ISignal<this, void> {
    return this.#changed;
  }

  /** The person types: searches after a pause. */
  type(text: string): void {
    this.#query = { ...this.#query, q: text };
    this.#asked = null; // a further page belongs to the older question
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.run(), DEBOUNCE_MS);
    this.#changed.emit();
  }

  /** Searches now, for something else where that is given. */
  run(change: Partial<Query> = {}): void {
    this.#query = { ...this.#query, ...change };
    void this.#page(null);
  }

  /** Loads the next page, once. */
  readonly more = (): void => {
    if (!this.isLoading && this.#problem === null && this.#lastPage?.cursor) {
      void this.#page(this.#lastPage.cursor);
    }
  };

  /** Asks again for the page that did not come; for the first one where there is no problem. */
  readonly retry = (): void => {
    void this.#page(this.#problem === null ? null : this.#asked);
  };

  /** Gives up what is under way. */
  readonly stop = (): void => {
    if (this.isOutdated) {
      this.#forget();
    }
    this.#giveUp();
    this.#isStopped = true;
    this.#changed.emit();
  };

  /** Gives up and stops listening. */
  dispose(): void {
    this.#giveUp();
    Signal.clearData(this);
  }

  /** Rows of an older question would look like the answer to this one. */
  #forget(): void {
    this.#items = [];
    this.#lastPage = null;
  }

  #giveUp(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#running?.abort();
    this.#running = null;
  }

  async #page(cursor: string | null): Promise<void> {
    this.#giveUp();
    const running = new AbortController();
    this.#running = running;
    this.#hasRun = true;
    this.#isStopped = false;
    this.#asked = cursor;
    this.#problem = null;
    this.#changed.emit();
    try {
      const page = await this.#companion.get<Page<Item> & Extra>(
        this.#path,
        { ...this.#query, q: this.#query.q?.trim(), cursor, limit: this.#pageRows },
        running.signal
      );
      if (this.#running !== running) {
        return; // somebody typed on
      }
      this.#items = cursor === null ? page.items : [...this.#items, ...page.items];
      this.#lastPage = page;
    } catch (error) {
      if (this.#running !== running || isAbort(error)) {
        return;
      }
      this.#problem = this.#companion.problemOf(error);
      if (cursor === null) {
        this.#forget();
      }
    }
    this.#running = null;
    this.#changed.emit();
  }
}
