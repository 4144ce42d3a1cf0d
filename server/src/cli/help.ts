import type { Command } from './command.ts';
import { wrapped } from './table.ts';

const COLUMNS = 79;

/** Names in one column, what they mean in the next, wrapped to an old terminal's width. */
function definitions(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length)) + 4;
  return rows.flatMap(([name, meaning]) =>
    wrapped(meaning, COLUMNS - width).map(
      (line, index) => (index === 0 ? `  ${name}` : '').padEnd(width) + line
    )
  );
}

/** What `jupyter panosc help` says. */
export function helpText(commands: Readonly<Record<string, Command>>): string {
  return [
    'usage: jupyter panosc [--profile FILE] [--json] COMMAND',
    '',
    ...definitions(Object.values(commands).map(({ usage, summary }) => [usage, summary])),
    '',
    'Options before the command:',
    ...definitions([
      ['--profile FILE', 'choose the facility that this profile file describes'],
      ['--json', 'print one JSON document (may also stand behind the command)']
    ]),
    '',
    'All about one command: jupyter panosc COMMAND --help',
    '',
    'Exit codes:',
    ...definitions([
      ['0', 'it really happened'],
      ['1', 'it failed'],
      ['2', 'wrong usage'],
      ['3', 'it needs you: to choose a facility, to sign in'],
      ['4', 'the companion cannot be reached']
    ]),
    ''
  ].join('\n');
}

/** What `jupyter panosc COMMAND --help` says. */
export function commandHelp({ usage, summary, details = [], options }: Command): string {
  const named = Object.entries(options).map(([name, { value, help }]): [string, string] => [
    `--${name}${value === undefined ? '' : ` ${value}`}`,
    help
  ]);
  return [
    `usage: jupyter panosc ${usage}${named.length > 0 ? ' [OPTIONS]' : ''}`,
    '',
    `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
    ...details,
    '',
    ...definitions([
      ...named,
      ['--json', 'print one JSON document instead of text'],
      ['-h, --help', 'print this']
    ]),
    ''
  ].join('\n');
}
