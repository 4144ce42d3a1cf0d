import type { DatabaseSync } from 'node:sqlite';

/** Small named values that outlive the process, such as the chosen profile. */
export class SettingsStore {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  get(name: string): string | null {
    const row = this.#db.prepare('SELECT value FROM settings WHERE name = ?').get(name) as
      { value: string } | undefined;
    return row?.value ?? null;
  }

  set(name: string, value: string): void {
    this.#db
      .prepare(
        'INSERT INTO settings(name, value) VALUES(?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value'
      )
      .run(name, value);
  }
}
