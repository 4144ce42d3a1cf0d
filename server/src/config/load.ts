import { userInfo } from 'node:os';
import * as z from 'zod';
import { Config } from './schema.ts';

/** The environment, read once. No other file looks at `process.env`. */
export interface Surroundings {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The home folder of the user database; containers may run as somebody who is not in it. */
function homeOfRecord(): string {
  try {
    return userInfo().homedir;
  } catch {
    return '/';
  }
}

export function readSurroundings(): Surroundings {
  const env = { ...process.env };
  return { home: env['HOME'] || homeOfRecord(), env };
}

/** Parses the launcher's document. Throws an Error that names each wrong key. */
export function parseConfig(text: string): Config {
  const parsed = Config.safeParse(JSON.parse(text));
  if (!parsed.success) {
    throw new Error(
      `The companion's configuration has mistakes:\n${z.prettifyError(parsed.error)}`
    );
  }
  return parsed.data;
}
