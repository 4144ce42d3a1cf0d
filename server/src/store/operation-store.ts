import type { DatabaseSync } from 'node:sqlite';
import type { Page, Problem } from '#contract';
import { isoTime, type Clock } from '../core/clock.ts';
import { problem } from '../core/problem.ts';

/**
 * One long-running piece of work: written before anything happens upstream.
 * `request` never changes; `data` is what the domain has learned since (job id, sizes, progress).
 */
export interface Operation<Request, Data> {
  readonly id: string;
  readonly idempotencyKey: string;
  /** Id of the facility profile that it was started with; null where it was not written down. */
  readonly facility: string | null;
  readonly state: string;
  readonly finished: boolean;
  readonly request: Request;
  readonly data: Data;
  readonly problem: Problem | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

interface Row {
  id: string;
  idempotency_key: string;
  facility: string | null;
  state: string;
  finished: number;
  request: string;
  data: string;
  problem: string | null;
  created_at: string;
  updated_at: string;
}

/** Runs `work` in one transaction; nests by joining the outer one. */
export function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  if (db.isTransaction) {
    return work();
  }
  db.exec('BEGIN IMMEDIATE');
  try {
    const value = work();
    db.exec('COMMIT');
    return value;
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}

/** Operations of one kind (`transfer` or `job`). */
export class OperationStore<Request, Data> {
  readonly #db: DatabaseSync;
  readonly #kind: string;
  readonly #clock: Clock;

  constructor(db: DatabaseSync, kind: string, clock: Clock) {
    this.#db = db;
    this.#kind = kind;
    this.#clock = clock;
  }

  /**
   * Writes a new operation, or returns the one that has this key.
   * The same key with another request is `key-reused`.
   */
  create(start: {
    id: string;
    idempotencyKey: string;
    facility: string;
    state: string;
    request: Request;
    data: Data;
  }): { operation: Operation<Request, Data>; isNew: boolean } {
    return inTransaction(this.#db, () => {
      const request = JSON.stringify(start.request);
      const old = this.#db
        .prepare('SELECT * FROM operations WHERE kind = ? AND idempotency_key = ?')
        .get(this.#kind, start.idempotencyKey) as Row | undefined;
      if (old !== undefined) {
        if (old.request !== request) {
          throw problem(
            'key-reused',
            'This request key was used before for something else. Start again.'
          );
        }
        return { operation: this.#read(old), isNew: false };
      }
      const now = isoTime(this.#clock.now());
      this.#db
        .prepare(
          `INSERT INTO operations(id, kind, idempotency_key, facility, state, request, data, created_at, updated_at)
           VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)`
        )
        .run(
          start.id,
          this.#kind,
          start.idempotencyKey,
          start.facility,
          start.state,
          request,
          JSON.stringify(start.data),
          now,
          now
        );
      return { operation: this.require(start.id), isNew: true };
    });
  }

  /** The operation that was started with this key: to be asked before anybody outside is. */
  findByKey(idempotencyKey: string): Operation<Request, Data> | null {
    const row = this.#db
      .prepare('SELECT * FROM operations WHERE kind = ? AND idempotency_key = ?')
      .get(this.#kind, idempotencyKey) as Row | undefined;
    return row === undefined ? null : this.#read(row);
  }

  find(id: string): Operation<Request, Data> | null {
    const row = this.#db
      .prepare('SELECT * FROM operations WHERE kind = ? AND id = ?')
      .get(this.#kind, id) as Row | undefined;
    return row === undefined ? null : this.#read(row);
  }

  /** Throws `not-found`. */
  require(id: string): Operation<Request, Data> {
    const operation = this.find(id);
    if (operation === null) {
      throw problem('not-found', `There is no ${this.#kind} with the id ${id.slice(0, 40)}.`);
    }
    return operation;
  }

  /** Changes state, data or problem. A finished operation changes only with `reopen`. */
  update(
    id: string,
    change: {
      state?: string;
      finished?: boolean;
      data?: Data;
      problem?: Problem | null;
      reopen?: boolean;
    }
  ): Operation<Request, Data> {
    return inTransaction(this.#db, () => {
      const old = this.require(id);
      if (old.finished && change.reopen !== true) {
        throw problem('wrong-state', `The ${this.#kind} has ended already.`);
      }
      const detail = change.problem === undefined ? old.problem : change.problem;
      this.#db
        .prepare(
          'UPDATE operations SET state = ?, finished = ?, data = ?, problem = ?, updated_at = ? WHERE id = ?'
        )
        .run(
          change.state ?? old.state,
          (change.finished ?? (change.reopen === true ? false : old.finished)) ? 1 : 0,
          JSON.stringify(change.data ?? old.data),
          detail === null ? null : JSON.stringify(detail),
          isoTime(this.#clock.now()),
          id
        );
      return this.require(id);
    });
  }

  /** Forgets a finished operation. */
  remove(id: string): void {
    const operation = this.require(id);
    if (!operation.finished) {
      throw problem('wrong-state', `The ${this.#kind} still runs. Cancel it first.`);
    }
    this.#db.prepare('DELETE FROM operations WHERE id = ?').run(id);
  }

  unfinished(): Operation<Request, Data>[] {
    const rows = this.#db
      .prepare('SELECT * FROM operations WHERE kind = ? AND finished = 0 ORDER BY created_at, id')
      .all(this.#kind) as unknown as Row[];
    return rows.map(row => this.#read(row));
  }

  countUnfinished(): number {
    const row = this.#db
      .prepare('SELECT count(*) AS n FROM operations WHERE kind = ? AND finished = 0')
      .get(this.#kind) as { n: number };
    return row.n;
  }

  /** Newest first. */
  page(cursor: string | undefined, limit: number): Page<Operation<Request, Data>> {
    const [at, id] = cursor === undefined ? ['9', ''] : cursor.split(' ', 2);
    const rows = this.#db
      .prepare(
        `SELECT * FROM operations WHERE kind = ? AND (created_at < ? OR (created_at = ? AND id > ?))
         ORDER BY created_at DESC, id LIMIT ?`
      )
      .all(this.#kind, at ?? '', at ?? '', id ?? '', limit + 1) as unknown as Row[];
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      items: rows.slice(0, limit).map(row => this.#read(row)),
      cursor: last === undefined ? null : `${last.created_at} ${last.id}`
    };
  }

  #read(row: Row): Operation<Request, Data> {
    return {
      id: row.id,
      idempotencyKey: row.idempotency_key,
      facility: row.facility,
      state: row.state,
      finished: row.finished === 1,
      request: JSON.parse(row.request) as Request,
      data: JSON.parse(row.data) as Data,
      problem: row.problem === null ? null : (JSON.parse(row.problem) as Problem),
      createdAt: row.created_at,
      updatedAt: row.updated_at
    };
  }
}
