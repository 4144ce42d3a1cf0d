/**
 * What pulls know of the disk: files that were here before, finished files that only their validator tells from
 * the next version, and folders that were made. All of it goes with its transfer.
 */
export const disk = `
ALTER TABLE transfer_files ADD COLUMN here INTEGER NOT NULL DEFAULT 0;
CREATE TABLE sent_files(
  target TEXT PRIMARY KEY,
  transfer TEXT NOT NULL REFERENCES operations(id) ON DELETE CASCADE,
  data TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sent_files_by_transfer ON sent_files(transfer);
CREATE TABLE made_folders(
  transfer TEXT NOT NULL REFERENCES operations(id) ON DELETE CASCADE,
  folder TEXT NOT NULL,
  PRIMARY KEY(transfer, folder)
) STRICT, WITHOUT ROWID;
`;
