import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** A program from a named environment variable or from PATH; null when there is none. */
export function findProgram(name: string, variable: string): string | null {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const candidates = [
    ...(process.env[variable] === undefined ? [] : [process.env[variable]]),
    ...folders.map(folder => path.join(folder, name))
  ];
  for (const candidate of candidates) {
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      // Not this one.
    }
  }
  return null;
}
