import type { CompanionClient } from './companion-client.ts';
import type { Terminal } from './terminal.ts';

/** Wrong usage: exit code 2, with the sentence. */
export class Usage extends Error {}

/** The person has to choose a facility first: exit code 3. */
export class NoFacility extends Error {}

/** One option, as parseArgs of node:util understands it, and what its help says. */
export interface Option {
  readonly type: 'string' | 'boolean';
  readonly multiple?: boolean;
  /** What stands for its value in the help, such as `DIR`. */
  readonly value?: string;
  readonly help: string;
}

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
  /** The command's name and operands, such as `pull PID_OR_URL`. */
  readonly usage: string;
  readonly summary: string;
  /** More for its own help: what the verbs do, an example. */
  readonly details?: readonly string[];
  /** Exit code when it cannot run, for a probe. */
  readonly whenBroken?: number;
  readonly options: Readonly<Record<string, Option>>;
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
