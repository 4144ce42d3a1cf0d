import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'node:test';

/** A folder of its own for one test file; removed when the file's tests have ended. */
export function tempDir(name: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), `panosc-${name}-`));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
