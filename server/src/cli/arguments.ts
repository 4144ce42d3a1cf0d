import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Usage, type Command, type Option } from './command.ts';

/** The words of a command line: global options stand before the command. */
export interface Words {
  readonly isJson: boolean;
  readonly wantsHelp: boolean;
  readonly name: string | undefined;
  readonly rest: readonly string[];
}

/** `-h` and `--help` count wherever they stand: the launcher starts no companion for them. */
function isHelp(word: string): boolean {
  return word === '-h' || word === '--help';
}

/** Takes the global options off the front. Throws `Usage`. */
export function splitWords(argv: readonly string[]): Words {
  const rest = argv.filter(word => !isHelp(word));
  let wantsHelp = rest.length < argv.length;
  let isJson = false;
  while (rest[0]?.startsWith('-') === true) {
    const option = rest.shift();
    if (option === '--json') {
      isJson = true;
    } else if (option === '--profile' && rest.length > 0) {
      rest.shift();
    } else if (option === '--profile' || option === '--profile=') {
      throw new Usage('--profile needs a FILE');
    } else if (option?.startsWith('--profile=') !== true) {
      throw new Usage(`there is no option ${option ?? ''}; see: jupyter panosc help`);
    }
  }
  let name = rest.shift();
  if (name === 'help') {
    wantsHelp = true;
    name = rest.shift();
  }
  return { isJson, wantsHelp, name, rest };
}

/** What is wrong with the operands, or null. */
function operandMistake({ usage, operands }: Command, count: number): string | null {
  const [name = '', ...wanted] = usage.split(' ');
  const [least, most] = operands;
  if (count < least) {
    return `"${name}" needs ${wanted[0] ?? ''}`;
  }
  if (count > most) {
    return most === 0 ? `"${name}" takes no operands` : `"${name}" takes only ${wanted.join(' ')}`;
  }
  return null;
}

/** Options and operands of a command. Throws `Usage`. */
export function parseWords(command: Command, rest: readonly string[]) {
  const name = command.usage.split(' ')[0] ?? '';
  const mistake = (what: string): Usage => new Usage(`${what}; see: jupyter panosc ${name} --help`);
  const known = new Map<string, Pick<Option, 'type' | 'multiple'>>([
    ...Object.entries(command.options),
    ['json', { type: 'boolean' }]
  ]);
  // Not strict: what Node says of a mistake is not in the words of a person.
  const { tokens, positionals, values } = parseArgs({
    args: [...rest],
    options: Object.fromEntries(known),
    allowPositionals: true,
    strict: false,
    tokens: true
  });
  for (const token of tokens) {
    if (token.kind !== 'option') {
      continue;
    }
    if (token.name === 'profile') {
      throw new Usage(`--profile stands before the command: jupyter panosc --profile FILE ${name}`);
    }
    const type = known.get(token.name)?.type;
    const { value, rawName } = token;
    if (type === undefined) {
      throw mistake(`"${name}" has no option ${rawName}`);
    }
    if (type === 'boolean' && value !== undefined) {
      throw mistake(`${rawName} takes no value`);
    }
    if (type === 'string' && (!value || (!token.inlineValue && /^-./.test(value)))) {
      throw mistake(`${rawName} needs a value`);
    }
  }
  const wrong = operandMistake(command, positionals.length);
  if (wrong !== null) {
    throw mistake(wrong);
  }
  return { positionals, options: values };
}

/** Refuses a profile file that is none, before anybody is asked. Throws `Usage`. */
export function checkProfileFile(file: string): void {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined) {
    throw new Usage(`there is no profile file ${file}`);
  }
  if (!stats.isFile()) {
    throw new Usage(`--profile needs a file, and ${file} is none`);
  }
}
