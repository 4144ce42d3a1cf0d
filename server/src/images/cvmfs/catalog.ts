import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { problem, ProblemError } from '../../core/problem.ts';
import {
  hasLostBytes,
  numberOf,
  readRow,
  rowColumns,
  UNLISTED_FLAGS,
  type CatalogRow,
  type RawRow
} from './catalog-row.ts';
import { hashOfRow, parseHash, type ObjectHash } from './hash.ts';
import { bytesOfText, pathKey } from './path-bytes.ts';
import type { CvmfsEntry } from './port.ts';

/** A part of a large file. */
export interface Chunk {
  readonly offset: number;
  readonly sizeBytes: number;
  readonly hash: ObjectHash;
}

function columnsOf(db: DatabaseSync, table: string): Set<string> {
  const rows = db.prepare('select name from pragma_table_info(?)').all(table);
  return new Set(rows.map(row => String(row['name'])));
}

/** Only plain tables are read: a view or virtual table would be somebody else's SQL. */
function checkTables(db: DatabaseSync): void {
  const found = db
    .prepare(
      `select count(*) as n from sqlite_schema
       where name in ('catalog', 'nested_catalogs', 'chunks', 'properties') and (type <> 'table' or rootpage = 0)`
    )
    .get();
  const encoding = db.prepare('pragma encoding').get();
  if (found?.['n'] !== 0 || encoding?.['encoding'] !== 'UTF-8') {
    throw new TypeError('not a catalog');
  }
}

/** Rows of a folder. `order by name` compares bytes: names are TEXT in a UTF-8 database with the binary collation. */
function prepareList(db: DatabaseSync, columns: string): StatementSync {
  const statement = db.prepare(
    `select ${columns} from catalog where parent_1 = ? and parent_2 = ?
     and flags & ${UNLISTED_FLAGS} = 0 and name > cast(? as text) order by name limit ?`
  );
  statement.setReturnArrays(true);
  return statement;
}

/** The type of a row depends on \`setReturnArrays\`, which the declarations do not know. */
function asArrays(rows: unknown): readonly RawRow[] {
  return rows as readonly RawRow[];
}

/** A verified catalog: the SQLite file that describes a part of the tree. Read only. */
export class Catalog {
  readonly #db: DatabaseSync;
  readonly #what: string;
  readonly #list: StatementSync;
  readonly #listExact: StatementSync;
  readonly #find: StatementSync;
  readonly #nested: StatementSync;
  readonly #chunks: StatementSync | null;

  private constructor(db: DatabaseSync, what: string) {
    this.#db = db;
    this.#what = what;
    db.exec('pragma trusted_schema = off; pragma query_only = on; pragma cell_size_check = on');
    checkTables(db);
    const present = columnsOf(db, 'catalog');
    this.#list = prepareList(db, rowColumns(present, false));
    this.#listExact = prepareList(db, rowColumns(present, true));
    this.#find = db.prepare(
      `select ${rowColumns(present, true)} from catalog where md5path_1 = ? and md5path_2 = ?`
    );
    this.#find.setReturnArrays(true);
    this.#nested = db.prepare('select sha1 from nested_catalogs where path = cast(? as text)');
    this.#chunks =
      columnsOf(db, 'chunks').size === 0
        ? null
        : db.prepare(
            'select offset, size, lower(hex(hash)) as hex from chunks where md5path_1 = ? and md5path_2 = ? order by offset'
          );
  }

  /** Opens a catalog file whose content was verified; the file may be unlinked afterwards. */
  static open(file: string, what: string): Catalog {
    const url = pathToFileURL(file);
    // Nobody else knows this file, so SQLite needs neither locks nor a look for journals.
    url.searchParams.set('immutable', '1');
    let db: DatabaseSync | null = null;
    try {
      db = new DatabaseSync(url, {
        readOnly: true,
        enableForeignKeyConstraints: false,
        enableDoubleQuotedStringLiterals: false
      });
      return new Catalog(db, what);
    } catch (error) {
      db?.close();
      throw damaged(what, error);
    }
  }

  /** Rows of a folder in the order of their name's bytes. */
  list(
    components: readonly string[],
    after: string,
    limit: number
  ): { entries: CvmfsEntry[]; more: boolean } {
    const key = pathKey(components);
    const folder = components.map(part => `/${part}`).join('');
    return this.#guard(() => {
      const query = [key.high, key.low, bytesOfText(after), limit + 1] as const;
      let rows = asArrays(this.#list.all(...query));
      if (rows.some(hasLostBytes)) {
        rows = asArrays(this.#listExact.all(...query));
      }
      const entries: CvmfsEntry[] = [];
      for (const raw of rows.length > limit ? rows.slice(0, limit) : rows) {
        const row = readRow(raw, folder, null);
        if (row !== null) {
          entries.push(row.entry);
        }
      }
      return { entries, more: rows.length > limit };
    });
  }

  /** The row of this path, links not followed. */
  find(components: readonly string[]): CatalogRow | null {
    const key = pathKey(components);
    return this.#guard(() => {
      const [raw] = asArrays(this.#find.all(key.high, key.low));
      return raw === undefined ? null : readRow(raw, '', `/${components.join('/')}`);
    });
  }

  /** Chunks of a large file, in order. */
  chunks(components: readonly string[], flags: number): Chunk[] {
    const key = pathKey(components);
    return this.#guard(() => {
      const rows = this.#chunks?.all(key.high, key.low) ?? [];
      return rows.map(raw => {
        const hash = hashOfRow(raw['hex'], flags);
        if (hash === null) {
          throw new TypeError('chunk without a hash');
        }
        return { offset: numberOf(raw['offset']), sizeBytes: numberOf(raw['size']), hash };
      });
    });
  }

  /** The deepest catalog that is mounted on the way to this path, below depth `from`; `to` is the deepest allowed. */
  nestedOnTheWay(
    components: readonly string[],
    from: number,
    to: number
  ): { depth: number; hash: ObjectHash } | null {
    return this.#guard(() => {
      for (let depth = to; depth > from; depth -= 1) {
        const path = components
          .slice(0, depth)
          .map(part => `/${part}`)
          .join('');
        const raw = this.#nested.get(bytesOfText(path));
        if (raw !== undefined) {
          const hash = parseHash(String(raw['sha1']));
          if (hash === null) {
            throw new TypeError('nested catalog without a hash');
          }
          return { depth, hash };
        }
      }
      return null;
    });
  }

  /** A row of the table `properties`, as text. */
  property(key: string): string | null {
    return this.#guard(() => {
      const raw = this.#db.prepare('select value from properties where key = ?').get(key);
      const value = raw?.['value'];
      return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
    });
  }

  close(): void {
    this.#db.close();
  }

  #guard<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw error instanceof ProblemError ? error : damaged(this.#what, error);
    }
  }
}

function damaged(what: string, cause: unknown): Error {
  return problem(
    'image-not-readable',
    `The catalog of ${what} is signed but damaged, so it cannot be listed. Its publisher has to publish again.`,
    { cause }
  );
}
