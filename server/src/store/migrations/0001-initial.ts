/** Operations, their files, events and settings. No table holds a token. */
export const initial = `
CREATE TABLE operations(
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  state TEXT NOT NULL,
  finished INTEGER NOT NULL DEFAULT 0,
  request TEXT NOT NULL,
  data TEXT NOT NULL,
  problem TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE(kind, idempotency_key)
) STRICT;
CREATE INDEX operations_by_time ON operations(kind, created_at DESC, id);
CREATE INDEX operations_unfinished ON operations(kind) WHERE finished = 0;
CREATE TABLE transfer_files(
  transfer TEXT NOT NULL REFERENCES operations(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  path TEXT NOT NULL,
  data TEXT NOT NULL,
  state TEXT NOT NULL,
  bytes INTEGER NOT NULL DEFAULT 0,
  problem TEXT,
  PRIMARY KEY(transfer, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE events(
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  data TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;
CREATE TABLE settings(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
`;
