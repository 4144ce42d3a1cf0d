import { Signal, type ISignal } from '@lumino/signaling';
import type { EventName } from '../contract/events.ts';
import type { Problem } from '../contract/problem.ts';
import type { ICompanion } from './tokens.ts';

/** Something the companion knows, kept up to date by its events. `null` until it was loaded. */
export interface IResource<T> {
  readonly value: T | null;
  /** Why the last load did not work; the value before it is kept. */
  readonly problem: Problem | null;
  readonly isLoading: boolean;
  readonly changed: ISignal<IResource<T>, void>;
  /** Loads it unless that has been done. */
  load(): Promise<void>;
  /** Loads it again. Never rejects: see `problem`. */
  refresh(): Promise<void>;
}

/** `IResource` over one GET. Events of the kinds in `reloadOn` (and `reset`) load it again. */
export class Resource<T> implements IResource<T> {
  readonly #companion: ICompanion;
  readonly #path: string;
  readonly #changed = new Signal<IResource<T>, void>(this);
  #value: T | null = null;
  #problem: Problem | null = null;
  #running: Promise<void> | null = null;
  #isStale = false;

  constructor(companion: ICompanion, path: string, reloadOn: readonly EventName[] = []) {
    this.#companion = companion;
    this.#path = path;
    for (const event of ['reset', ...reloadOn] as const) {
      companion.events.on(event).connect(this.#onEvent, this);
    }
  }

  get value(): T | null {
    return this.#value;
  }

  get problem(): Problem | null {
    return this.#problem;
  }

  get isLoading(): boolean {
    return this.#running !== null;
  }

  get changed(): ISignal<IResource<T>, void> {
    return this.#changed;
  }

  load(): Promise<void> {
    return this.#value === null ? this.refresh() : Promise.resolve();
  }

  refresh(): Promise<void> {
    if (this.#running !== null) {
      // What is under way may have been answered before the change that we were told of.
      this.#isStale = true;
      return this.#running;
    }
    this.#running = this.#load();
    this.#changed.emit();
    return this.#running;
  }

  /** Takes a value that came with an event or an answer. */
  set(value: T): void {
    this.#value = value;
    this.#problem = null;
    this.#changed.emit();
  }

  /** Stops listening. */
  dispose(): void {
    Signal.clearData(this);
  }

  async #load(): Promise<void> {
    do {
      this.#isStale = false;
      try {
        this.#value = await this.#companion.get<T>(this.#path);
        this.#problem = null;
      } catch (error) {
        this.#problem = this.#companion.problemOf(error);
      }
    } while (this.#isStale);
    this.#running = null;
    this.#changed.emit();
  }

  #onEvent(): void {
    if (this.#value !== null || this.#problem !== null) {
      void this.refresh();
    }
  }
}
