import type { CopyAs } from '../../contract/copy-as/command.ts';
import { Usage } from './command.ts';
import type { Terminal } from './terminal.ts';

/** Prints how another program does the same, as "Copy as" in the browser does. Throws `Usage` with what there is. */
export function printAs(
  commands: readonly CopyAs[],
  program: string,
  terminal: Pick<Terminal, 'isJson' | 'raw' | 'result'>
): void {
  const found = commands.find(({ label }) => label.toLowerCase() === program.toLowerCase());
  if (found === undefined) {
    const known = commands.map(({ label }) => label.toLowerCase());
    throw new Usage(`--as is one of: ${known.join(', ')}`);
  }
  if (terminal.isJson) {
    terminal.result(found, []);
  } else {
    terminal.raw(found.text);
  }
}
