import { Signal, type ISignal } from '@lumino/signaling';
import type { EventMap, EventName } from '../contract/events.ts';
import type { IEventStream, StreamState } from './tokens.ts';

/** Opens the stream; `emit` and `onState` are ours. */
type StartStream = (sinks: {
  emit(event: string, data: string): void;
  onState(state: StreamState): void;
}) => void;

/** The light half of the event stream: the signals. The code that reads the stream comes with `start`. */
export class EventSignals implements IEventStream {
  readonly #signals = new Map<string, Signal<IEventStream, unknown>>();
  readonly #stateChanged = new Signal<IEventStream, StreamState>(this);
  readonly #startStream: StartStream;
  #state: StreamState = 'idle';

  constructor(startStream: StartStream) {
    this.#startStream = startStream;
  }

  get state(): StreamState {
    return this.#state;
  }

  get stateChanged(): ISignal<IEventStream, StreamState> {
    return this.#stateChanged;
  }

  on<K extends EventName>(event: K): ISignal<IEventStream, EventMap[K]> {
    const signal = this.#signals.get(event) ?? new Signal<IEventStream, unknown>(this);
    this.#signals.set(event, signal);
    return signal as unknown as ISignal<IEventStream, EventMap[K]>;
  }

  start(): void {
    if (this.#state === 'idle') {
      this.#setState('connecting');
      this.#startStream({
        emit: (event, data) => this.#emit(event, data),
        onState: state => this.#setState(state)
      });
    }
  }

  #emit(event: string, data: string): void {
    const signal = this.#signals.get(event);
    if (signal !== undefined) {
      let value: unknown;
      try {
        value = JSON.parse(data);
      } catch {
        return;
      }
      signal.emit(value);
    }
  }

  #setState(state: StreamState): void {
    if (this.#state !== state) {
      this.#state = state;
      this.#stateChanged.emit(state);
    }
  }
}
