import type { Page } from '#contract';
import { numberOption, type Command, type Invocation } from './command.ts';
import type { Terminal } from './terminal.ts';

/** The most rows that the companion gives at once. */
const MOST = 200;

/** The option `--limit` of a list. */
export function limitOption(what: string, usual: number): Command['options'] {
  const help = `at most so many ${what} (1 to ${MOST}; ${usual} if not given)`;
  return { limit: { type: 'string', value: 'N', help } };
}

/** What `--limit` says. Throws `Usage`. */
export function limitOf(invocation: Invocation, usual: number): number {
  return numberOption(invocation, 'limit', [1, MOST]) ?? usual;
}

/** Nobody takes the first page for all there is: says how to see more. `narrow` helps when no longer list can be had. */
export function sayIfCut(page: Page<unknown>, terminal: Terminal, narrow: string): void {
  const { length } = page.items;
  if (page.cursor !== null && length > 0) {
    terminal.say(
      `There are more than these ${length}. ${length < MOST ? `See more: --limit ${MOST}` : narrow}`
    );
  }
}
