import { Signal, type ISignal } from '@lumino/signaling';
import { isAbort } from '../companion/problem-error.ts';
import type { ICompanion } from '../companion/tokens.ts';
import type { Dataset } from '../contract/datasets.ts';
import type { Page } from '../contract/paging.ts';
import type { Problem } from '../contract/problem.ts';

const DEBOUNCE_MS = 250;

/** A search as you type: waits for a pause, gives up what is no longer wanted, loads page by page. */
export class DatasetSearch {
  readonly #companion: ICompanion;
  readonly #pageRows: number;
  readonly #changed = new Signal<this, void>(this);
  #text = '';
  #to: string | undefined;
  #items: readonly Dataset[] = [];
  #cursor: string | null = null;
  #problem: Problem | null = null;
  #running: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hasAnswer = false;

  constructor(companion: ICompanion, pageRows: number) {
    this.#companion = companion;
    this.#pageRows = pageRows;
    companion.events.on('facility').connect(() => this.run(), this);
  }

  get text(): string {
    return this.#text;
  }

  /** Folder that "fits" is answered for; undefined is the profile's own. */
  get to(): string | undefined {
    return this.#to;
  }

  get items(): readonly Dataset[] {
    return this.#items;
  }

  get hasMore(): boolean {
    return this.#cursor !== null;
  }

  /** At least one answer has come: an empty list now means that nothing was found. */
  get hasAnswer(): boolean {
    return this.#hasAnswer;
  }

  get isLoading(): boolean {
    return this.#running !== null;
  }

  get problem(): Problem | null {
    return this.#problem;
  }

  get changed(): ISignal<this, void> {
    return this.#changed;
  }

  /** The person types: searches after a pause. */
  type(text: string): void {
    this.#text = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.run(), DEBOUNCE_MS);
    this.#changed.emit();
  }

  /** Asks again where a dataset fits. */
  setTarget(to: string | undefined): void {
    if (to !== this.#to) {
      this.#to = to;
      this.run();
    }
  }

  /** Searches now. */
  run(text: string = this.#text): void {
    clearTimeout(this.#timer);
    this.#text = text;
    void this.#page(null);
  }

  /** Loads the next page, once. */
  readonly more = (): void => {
    if (this.#cursor !== null && this.#running === null && this.#problem === null) {
      void this.#page(this.#cursor);
    }
  };

  /** Gives up what is under way. */
  readonly stop = (): void => {
    clearTimeout(this.#timer);
    this.#running?.abort();
    this.#running = null;
    this.#changed.emit();
  };

  /** Gives up and stops listening. */
  dispose(): void {
    this.stop();
    Signal.clearData(this);
  }

  async #page(cursor: string | null): Promise<void> {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    this.#problem = null;
    this.#changed.emit();
    try {
      const page = await this.#companion.get<Page<Dataset>>(
        'datasets',
        { q: this.#text.trim(), cursor, limit: this.#pageRows, to: this.#to },
        running.signal
      );
      if (this.#running !== running) {
        return; // somebody typed on
      }
      this.#items = cursor === null ? page.items : [...this.#items, ...page.items];
      this.#cursor = page.cursor;
      this.#hasAnswer = true;
    } catch (error) {
      if (this.#running !== running || isAbort(error)) {
        return;
      }
      this.#problem = this.#companion.problemOf(error);
    }
    this.#running = null;
    this.#changed.emit();
  }
}
