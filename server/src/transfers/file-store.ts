import type { DatabaseSync } from 'node:sqlite';
import type { Page, Problem, TransferFile } from '#contract';
import { inTransaction } from '../store/operation-store.ts';
import { DiskRecord } from './disk-record.ts';
import type { ExpectedChecksum } from './port.ts';

/** What is known of a file beside its state. */
export interface FileFacts {
  readonly url: string;
  readonly sizeBytes: number | null;
  readonly checksum: ExpectedChecksum | null;
}

/** One file of a transfer, as stored. */
export interface StoredFile extends FileFacts {
  readonly position: number;
  readonly path: string;
  readonly state: TransferFile['state'];
  readonly bytes: number;
  readonly problem: Problem | null;
  readonly wasHere: boolean;
}

/** How one file ended. */
export interface FileEnd {
  readonly state: 'verified' | 'as-sent' | 'failed';
  readonly bytes: number;
  /** It was on this disk before. */
  readonly wasHere?: boolean;
}

/** Counts and bytes of the files of a transfer. */
export interface FileTotals {
  readonly total: number;
  readonly done: number;
  readonly verified: number;
  readonly failed: number;
  /** Complete files that were on this disk before. */
  readonly here: number;
  /** Bytes that are here, those of half files too. */
  readonly bytes: number;
  /** Bytes of complete files. */
  readonly doneBytes: number;
}

interface Row {
  position: number;
  path: string;
  data: string;
  state: TransferFile['state'];
  bytes: number;
  problem: string | null;
  here: number;
}

/** The files of transfers; rows go with their transfer. */
export class FileStore {
  readonly disk: DiskRecord;
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.disk = new DiskRecord(db);
  }

  /** Forgets what an unfinished enumeration left. */
  clear(transfer: string): void {
    this.#db.prepare('DELETE FROM transfer_files WHERE transfer = ?').run(transfer);
  }

  add(transfer: string, first: number, files: readonly { path: string; facts: FileFacts }[]): void {
    const insert = this.#db.prepare(
      "INSERT INTO transfer_files(transfer, position, path, data, state) VALUES(?, ?, ?, ?, 'waiting')"
    );
    inTransaction(this.#db, () => {
      files.forEach(({ path, facts }, index) =>
        insert.run(transfer, first + index, path, JSON.stringify(facts))
      );
    });
  }

  /** All paths of a transfer so that what lies in a folder follows the folder, after `fold` was applied to both. */
  *paths(transfer: string, fold: (path: string) => string): Iterable<string> {
    // A function of its own for each order: SQLite sorts, so the names need not fit into memory.
    this.#db.function('path_order', { deterministic: true }, path =>
      fold(String(path)).replaceAll('/', '\u0001')
    );
    const rows = this.#db
      .prepare('SELECT path FROM transfer_files WHERE transfer = ? ORDER BY path_order(path)')
      .iterate(transfer);
    for (const { path } of rows) {
      yield String(path);
    }
  }

  set(
    transfer: string,
    position: number,
    change: {
      state: TransferFile['state'];
      bytes?: number;
      problem?: Problem | null;
      facts?: FileFacts;
      /** Left out, it stays as it was. */
      wasHere?: boolean;
    }
  ): void {
    this.#db
      .prepare(
        `UPDATE transfer_files SET state = ?, bytes = coalesce(?, bytes), problem = ?, data = coalesce(?, data),
           here = coalesce(?, here)
         WHERE transfer = ? AND position = ?`
      )
      .run(
        change.state,
        change.bytes ?? null,
        change.problem == null ? null : JSON.stringify(change.problem),
        change.facts === undefined ? null : JSON.stringify(change.facts),
        change.wasHere === undefined ? null : Number(change.wasHere),
        transfer,
        position
      );
  }

  /** Everything that is not in this state becomes `waiting` again. */
  reset(transfer: string, states: readonly TransferFile['state'][]): void {
    const change = this.#db.prepare(
      "UPDATE transfer_files SET state = 'waiting', problem = NULL WHERE transfer = ? AND state = ?"
    );
    for (const state of states) {
      change.run(transfer, state);
    }
  }

  waiting(transfer: string, limit: number): StoredFile[] {
    const rows = this.#db
      .prepare(
        "SELECT * FROM transfer_files WHERE transfer = ? AND state = 'waiting' ORDER BY position LIMIT ?"
      )
      .all(transfer, limit) as unknown as Row[];
    return rows.map(read);
  }

  page(transfer: string, cursor: string | undefined, limit: number): Page<StoredFile> {
    const rows = this.#db
      .prepare(
        'SELECT * FROM transfer_files WHERE transfer = ? AND position > ? ORDER BY position LIMIT ?'
      )
      .all(
        transfer,
        cursor === undefined ? -1 : Number(cursor) || 0,
        limit + 1
      ) as unknown as Row[];
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      items: rows.slice(0, limit).map(read),
      cursor: last === undefined ? null : String(last.position)
    };
  }

  totals(transfer: string): FileTotals {
    const row = this.#db
      .prepare(
        `SELECT count(*) AS total,
           coalesce(sum(state IN ('verified', 'as-sent')), 0) AS done,
           coalesce(sum(state = 'verified'), 0) AS verified,
           coalesce(sum(state = 'failed'), 0) AS failed,
           coalesce(sum(here AND state IN ('verified', 'as-sent')), 0) AS here,
           coalesce(sum(CASE state WHEN 'failed' THEN 0 ELSE bytes END), 0) AS bytes,
           coalesce(sum(CASE WHEN state IN ('verified', 'as-sent') THEN bytes ELSE 0 END), 0) AS doneBytes
         FROM transfer_files WHERE transfer = ?`
      )
      .get(transfer) as unknown as FileTotals;
    return { ...row };
  }

  /** Files that wait to be taken up again, and of which something is here. */
  halves(transfer: string): StoredFile[] {
    const rows = this.#db
      .prepare(
        "SELECT * FROM transfer_files WHERE transfer = ? AND state = 'waiting' AND bytes > 0 ORDER BY position"
      )
      .all(transfer) as unknown as Row[];
    return rows.map(read);
  }

  /** Writes down how much of a waiting file is here. */
  saveHalf(transfer: string, position: number, bytes: number): void {
    this.#db
      .prepare(
        "UPDATE transfer_files SET bytes = ? WHERE transfer = ? AND position = ? AND state = 'waiting'"
      )
      .run(bytes, transfer, position);
  }

  /** Nothing is half any more: what waits or failed begins anew. */
  forgetHalves(transfer: string): void {
    this.#db
      .prepare(
        "UPDATE transfer_files SET bytes = 0 WHERE transfer = ? AND state IN ('waiting', 'failed')"
      )
      .run(transfer);
  }

  /** Those of these paths that are files of the transfer which it has not got yet. */
  unfinishedAmong(transfer: string, paths: readonly string[]): string[] {
    const rows = this.#db
      .prepare(
        `SELECT path FROM transfer_files
         WHERE transfer = ? AND state IN ('waiting', 'failed') AND path IN (SELECT value FROM json_each(?))`
      )
      .all(transfer, JSON.stringify(paths)) as { path: string }[];
    return rows.map(({ path }) => path);
  }

  firstProblem(transfer: string): Problem | null {
    const row = this.#db
      .prepare(
        "SELECT problem FROM transfer_files WHERE transfer = ? AND state = 'failed' ORDER BY position LIMIT 1"
      )
      .get(transfer) as { problem: string | null } | undefined;
    return row?.problem == null ? null : (JSON.parse(row.problem) as Problem);
  }
}

function read(row: Row): StoredFile {
  return {
    ...(JSON.parse(row.data) as FileFacts),
    position: row.position,
    path: row.path,
    state: row.state,
    bytes: row.bytes,
    problem: row.problem === null ? null : (JSON.parse(row.problem) as Problem),
    wasHere: row.here === 1
  };
}
