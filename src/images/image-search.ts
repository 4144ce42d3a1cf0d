import { Signal, type ISignal } from '@lumino/signaling';
import { isAbort } from '../companion/problem-error.ts';
import type { ICompanion } from '../companion/tokens.ts';
import type { Image, ImagePage } from '../contract/images.ts';
import type { Problem } from '../contract/problem.ts';
import type { IImageSearch } from './tokens.ts';

const DEBOUNCE_MS = 250;

/** `GET images`: waits for a pause in typing, gives up what is no longer wanted, loads page by page. */
export class ImageSearch implements IImageSearch {
  readonly #companion: ICompanion;
  readonly #pageRows: number;
  readonly #changed = new Signal<IImageSearch, void>(this);
  #text = '';
  #items: readonly Image[] = [];
  #troubles: ImagePage['problems'] = [];
  #repositories: ImagePage['repositories'] = [];
  #cursor: string | null = null;
  #problem: Problem | null = null;
  #hasAnswer = false;
  #running: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(companion: ICompanion, pageRows: number) {
    this.#companion = companion;
    this.#pageRows = pageRows;
    companion.events.on('facility').connect(() => this.run(), this);
  }

  get text(): string {
    return this.#text;
  }

  get items(): readonly Image[] {
    return this.#items;
  }

  get troubles(): ImagePage['problems'] {
    return this.#troubles;
  }

  get repositories(): ImagePage['repositories'] {
    return this.#repositories;
  }

  get hasMore(): boolean {
    return this.#cursor !== null;
  }

  get hasAnswer(): boolean {
    return this.#hasAnswer;
  }

  get isLoading(): boolean {
    return this.#running !== null;
  }

  get problem(): Problem | null {
    return this.#problem;
  }

  get changed(): ISignal<IImageSearch, void> {
    return this.#changed;
  }

  type(text: string): void {
    this.#text = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.run(), DEBOUNCE_MS);
    this.#changed.emit();
  }

  run(): void {
    clearTimeout(this.#timer);
    void this.#page(null);
  }

  more(): void {
    if (this.#cursor !== null && this.#running === null && this.#problem === null) {
      void this.#page(this.#cursor);
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#running?.abort();
    this.#running = null;
    this.#changed.emit();
  }

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
      const page = await this.#companion.get<ImagePage>(
        'images',
        { q: this.#text.trim(), cursor, limit: this.#pageRows },
        running.signal
      );
      if (this.#running !== running) {
        return; // somebody typed on
      }
      this.#items = cursor === null ? page.items : [...this.#items, ...page.items];
      this.#troubles = page.problems;
      this.#repositories = page.repositories;
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
