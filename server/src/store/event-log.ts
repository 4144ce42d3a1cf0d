import type { DatabaseSync } from 'node:sqlite';
import type { EventMap, EventName } from '#contract';
import { isoTime, type Clock } from '../core/clock.ts';

export interface StoredEvent {
  readonly seq: number;
  readonly name: string;
  /** JSON text as it goes on the wire. */
  readonly data: string;
}

type Listener = (event: StoredEvent) => void;

/** How many events are kept for `Last-Event-ID`; who missed more gets `reset`. */
const KEPT = 2000;

/** Appended events, durable, with listeners for the open streams. */
export class EventLog {
  readonly #db: DatabaseSync;
  readonly #clock: Clock;
  readonly #listeners = new Set<Listener>();

  constructor(db: DatabaseSync, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /** Stores and sends one event. Call it inside the transaction that changes the state. */
  append<N extends EventName>(name: N, value: EventMap[N]): void {
    const data = JSON.stringify(value);
    const result = this.#db
      .prepare('INSERT INTO events(name, data, at) VALUES(?, ?, ?)')
      .run(name, data, isoTime(this.#clock.now()));
    const seq = Number(result.lastInsertRowid);
    if (seq % 100 === 0) {
      this.#db.prepare('DELETE FROM events WHERE seq <= ?').run(seq - KEPT);
    }
    this.#send({ seq, name, data });
  }

  /** Sends without storing: progress that the next event makes stale anyway. */
  publish<N extends EventName>(name: N, value: EventMap[N]): void {
    this.#send({ seq: this.last(), name, data: JSON.stringify(value) });
  }

  /** Sequence number of the newest event; 0 when there is none. */
  last(): number {
    const row = this.#db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'events'").get() as
      { seq: number } | undefined;
    return row?.seq ?? 0;
  }

  /** Events after `seq`, or null when some of them are gone. */
  since(seq: number): StoredEvent[] | null {
    const last = this.last();
    if (seq > last) {
      return null;
    }
    const rows = this.#db
      .prepare('SELECT seq, name, data FROM events WHERE seq > ? ORDER BY seq')
      .all(seq) as unknown as StoredEvent[];
    return rows.length === last - seq ? rows : null;
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #send(event: StoredEvent): void {
    for (const listener of this.#listeners) {
      listener(event);
    }
  }
}
