import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { EventMap, EventName } from '../contract/events.ts';
import type { Problem } from '../contract/problem.ts';

/** Values of a query string; `undefined` and `null` are left out. */
export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Where the event stream stands. `idle`: nobody has asked for events yet. */
export type StreamState = 'idle' | 'connecting' | 'open' | 'waiting' | 'paused';

/** The one stream of news of this browser, shared by all its tabs. */
export interface IEventStream {
  /**
   * The signal of one kind of event. Connecting to it does not open the stream: `start` does.
   * On `reset` everything that was loaded must be loaded again.
   */
  on<K extends EventName>(event: K): ISignal<IEventStream, EventMap[K]>;
  /** Opens the stream (and thereby wakes the companion); it then stays while a tab is visible. */
  start(): void;
  readonly state: StreamState;
  readonly stateChanged: ISignal<IEventStream, StreamState>;
}

/** The only door to the companion. Methods reject with a `ProblemError`, or with an `AbortError` when `signal` was used. */
export interface ICompanion {
  /** `path` is relative to `<base_url>panosc/v1/`, such as `transfers/t_1`; its parts must be encoded. */
  get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T>;
  post<T>(path: string, body?: unknown, options?: IPostOptions): Promise<T>;
  put<T>(path: string, body: unknown): Promise<T>;
  delete<T = void>(path: string): Promise<T>;
  readonly events: IEventStream;
  /** What to show for anything that a method rejected with. */
  problemOf(error: unknown): Problem;
}

/** Options of `ICompanion.post`. */
export interface IPostOptions {
  /** Repeating a POST with the same key never starts a second operation. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

export const ICompanion = new Token<ICompanion>(
  'jupyterlab-panosc:ICompanion',
  'Requests to the companion and its stream of events.'
);
