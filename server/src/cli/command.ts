import type { ParseArgsOptionsConfig } from 'node:util';
import type { CompanionClient } from './companion-client.ts';
import type { Terminal } from './terminal.ts';

/** Wrong usage: exit code 2, with the sentence and the command's usage line. */
export class Usage extends Error {}

/** What a command gets. */
export interface Invocation {
  readonly client: CompanionClient;
  readonly terminal: Terminal;
  readonly positionals: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
  readonly cwd: string;
}

/** One command of `jupyter panosc`: a thin client of the HTTP API. `run` gives the exit code. */
export interface Command {
  readonly usage: string;
  readonly summary: string;
  readonly options: ParseArgsOptionsConfig;
  /** Fewest and most operands. */
  readonly operands: readonly [number, number];
  run(invocation: Invocation): Promise<number>;
}

/** An option's text, or undefined. */
export function textOption(invocation: Invocation, name: string): string | undefined {
  const value = invocation.options[name];
  return typeof value === 'string' ? value : undefined;
}

/** An option's whole number in a range. Throws `Usage`. */
export function numberOption(
  invocation: Invocation,
  name: string,
  [least, most]: readonly [number, number]
): number | undefined {
  const value = textOption(invocation, name);
  if (value === undefined) {
    return undefined;
  }
  const number = Number(value);
  if (!Number.isInteger(number) || number < least || number > most) {
    throw new Usage(`--${name} must be a whole number from ${least} to ${most}`);
  }
  return number;
}
