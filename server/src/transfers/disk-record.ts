import type { DatabaseSync } from 'node:sqlite';
import type { SentFile } from './port.ts';

/** What transfers did on the disk, as far as it has to be known later; it goes with its transfer. */
export class DiskRecord {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** The file that the last pull to this place left as sent. */
  sent(target: string): SentFile | null {
    const row = this.#db.prepare('SELECT data FROM sent_files WHERE target = ?').get(target) as
      { data: string } | undefined;
    return row === undefined ? null : (JSON.parse(row.data) as SentFile);
  }

  keepSent(transfer: string, target: string, sent: SentFile): void {
    this.#db
      .prepare('INSERT OR REPLACE INTO sent_files(target, transfer, data) VALUES(?, ?, ?)')
      .run(target, transfer, JSON.stringify(sent));
  }

  /** Folders that were made for this transfer, the highest of each chain. */
  madeFolders(transfer: string): string[] {
    const rows = this.#db
      .prepare('SELECT folder FROM made_folders WHERE transfer = ?')
      .all(transfer) as { folder: string }[];
    return rows.map(({ folder }) => folder);
  }

  keepMadeFolder(transfer: string, folder: string): void {
    this.#db
      .prepare('INSERT OR IGNORE INTO made_folders(transfer, folder) VALUES(?, ?)')
      .run(transfer, folder);
  }

  /** It is no longer ours: whoever makes it again keeps it. */
  forgetMadeFolder(transfer: string, folder: string): void {
    this.#db
      .prepare('DELETE FROM made_folders WHERE transfer = ? AND folder = ?')
      .run(transfer, folder);
  }
}
