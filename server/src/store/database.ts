import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isOnNfs } from '../core/disk-space.ts';
import { problem } from '../core/problem.ts';
import { migrations } from './migrations/index.ts';

/** Exit code of a second companion on the same state folder (EX_TEMPFAIL of sysexits.h). */
export const EXIT_LOCKED = 75;

/**
 * Takes the state folder for this process, or throws `state-folder`.
 *
 * The lock is SQLite's own exclusive file lock: it ends with the process, also by `kill -9`,
 * and works on NFS where lock daemons run.
 */
export function lockStateDir(stateDir: string): { release(): void } {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  chmodSync(stateDir, 0o700);
  const lock = new DatabaseSync(path.join(stateDir, 'lock.db'), { timeout: 0 });
  try {
    lock.exec(
      'PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=DELETE; BEGIN EXCLUSIVE; COMMIT;'
    );
    lock.exec(
      'CREATE TABLE IF NOT EXISTS lock(x); BEGIN EXCLUSIVE; INSERT INTO lock VALUES(1); DELETE FROM lock; COMMIT;'
    );
  } catch (error) {
    lock.close();
    throw problem('state-folder', `Another companion uses the state folder ${stateDir}.`, {
      cause: error
    });
  }
  return { release: () => lock.close() };
}

/** Opens (and migrates) the database of a locked state folder. Mode 0600, full durability. */
export function openDatabase(stateDir: string): DatabaseSync {
  const file = path.join(stateDir, 'state.db');
  const db = new DatabaseSync(file, { timeout: 5000 });
  chmodSync(file, 0o600);
  // Write-ahead logging needs shared memory, which NFS lacks.
  const mode = isOnNfs(stateDir) ? 'DELETE' : 'WAL';
  db.exec(
    `PRAGMA journal_mode=${mode}; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;`
  );
  migrate(db);
  return db;
}

/** Applies what is missing, each migration in one transaction. A newer database is refused. */
export function migrate(db: DatabaseSync): void {
  const row = db.prepare('PRAGMA user_version').get() as { user_version: number };
  if (row.user_version > migrations.length) {
    throw problem(
      'state-folder',
      'The state folder was written by a newer version of jupyterlab-panosc. Upgrade, or set PANOSC_STATE to another folder.'
    );
  }
  for (let version = row.user_version; version < migrations.length; version++) {
    db.exec('BEGIN');
    try {
      db.exec(migrations[version] ?? '');
      db.exec(`PRAGMA user_version = ${version + 1}`);
      db.exec('COMMIT');
    } catch (error) {
      db.exec('ROLLBACK');
      throw error;
    }
  }
}
