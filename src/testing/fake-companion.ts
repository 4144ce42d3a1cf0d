import { Signal, type ISignal } from '@lumino/signaling';
import type { EventMap, EventName } from '../contract/events.ts';
import type { Problem } from '../contract/problem.ts';
import { ProblemError } from '../companion/problem-error.ts';
import type {
  ICompanion,
  IEventStream,
  IPostOptions,
  Query,
  StreamState
} from '../companion/tokens.ts';

/** A request that a test looks at. */
export interface IRecordedRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Query | undefined;
  readonly body?: unknown;
  readonly options?: IPostOptions;
  readonly signal?: AbortSignal | undefined;
}

/** Answers a request; throws a `ProblemError` to refuse it. */
export type Answer = (request: IRecordedRequest) => unknown;

class FakeEvents implements IEventStream {
  readonly #signals = new Map<EventName, Signal<IEventStream, unknown>>();
  readonly stateChanged: Signal<IEventStream, StreamState> = new Signal<IEventStream, StreamState>(
    this
  );
  state: StreamState = 'idle';

  on<K extends EventName>(event: K): ISignal<IEventStream, EventMap[K]> {
    return this.signal(event) as unknown as ISignal<IEventStream, EventMap[K]>;
  }

  start(): void {
    this.state = 'open';
    this.stateChanged.emit('open');
  }

  signal(event: EventName): Signal<IEventStream, unknown> {
    const signal = this.#signals.get(event) ?? new Signal<IEventStream, unknown>(this);
    this.#signals.set(event, signal);
    return signal;
  }
}

/** A companion that answers what the test said: `answers['GET transfers'] = () => ({ items: [], cursor: null })`. */
export class FakeCompanion implements ICompanion {
  readonly requests: IRecordedRequest[] = [];
  readonly answers: Record<string, Answer> = {};
  readonly events = new FakeEvents();

  /** An event arrives. */
  emit<K extends EventName>(event: K, value: EventMap[K]): void {
    this.events.signal(event).emit(value);
  }

  async get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
    return this.#answer<T>({ method: 'GET', path, query, signal });
  }

  async post<T>(path: string, body?: unknown, options: IPostOptions = {}): Promise<T> {
    return this.#answer<T>({ method: 'POST', path, body, options });
  }

  async put<T>(path: string, body: unknown): Promise<T> {
    return this.#answer<T>({ method: 'PUT', path, body });
  }

  async delete<T>(path: string): Promise<T> {
    return this.#answer<T>({ method: 'DELETE', path });
  }

  problemOf(error: unknown): Problem {
    return error instanceof ProblemError
      ? error.problem
      : fakeProblem({ title: 'Unexpected', detail: String(error) });
  }

  async #answer<T>(request: IRecordedRequest): Promise<T> {
    this.requests.push(request);
    const answer = this.answers[`${request.method} ${request.path}`];
    if (answer === undefined) {
      throw new ProblemError(
        fakeProblem({
          title: 'There is no such thing',
          detail: `${request.method} ${request.path}`
        })
      );
    }
    return (await answer(request)) as T;
  }
}

/** A problem document with what matters to the test. */
export function fakeProblem(given: Partial<Problem> = {}): Problem {
  return {
    type: '/problems/internal',
    title: 'Something went wrong',
    status: 500,
    detail: 'Try again.',
    action: 'none',
    ...given
  };
}
