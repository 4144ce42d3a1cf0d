import { quoteForShell } from './quote-for-shell.ts';

/** One way to do by hand what a button does. */
export interface CopyAs {
  /** Name of the program, as people type it: not translated. */
  readonly label: string;
  readonly language: 'shell' | 'python';
  /** Without secrets: a variable stands for each, and a comment says where it comes from. */
  readonly text: string;
}

/** One line of comment, in shell and Python alike; what would end the line becomes a blank. */
export function comment(text: string): string {
  return `# ${text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g, ' ')}\n`;
}

/** A command for the shell. */
export function shell(label: string, text: string): CopyAs {
  return { label, language: 'shell', text };
}

/** Lines for a notebook cell or a file. */
export function python(text: string): CopyAs {
  return { label: 'Python', language: 'python', text };
}

/** `--name value`; `--name=value` where the value begins with a dash; nothing where there is none. */
export function option(
  name: string,
  value: string | number | undefined,
  quote: (text: string) => string = quoteForShell
): readonly string[] {
  const text = String(value);
  return value === undefined ? [] : [`--${name}${text.startsWith('-') ? '=' : ' '}${quote(text)}`];
}

/** `jupyter panosc …`; words are quoted already. `operands` come last, where one may begin with a dash. */
export function commandLine(
  command: string,
  operands: readonly string[] = [],
  options: readonly string[] = []
): string {
  const guard = operands.some(operand => operand.startsWith('-')) ? ['--'] : [];
  const words = [command, ...options, ...guard, ...operands.map(quoteForShell)];
  return `jupyter panosc ${words.join(' ')}\n`;
}

/** Lines inside `( … )`, where the first failure ends all, and the shell that it is pasted into stays where it is. */
export function subshell(lines: readonly string[]): string {
  return `(\n${['set -e', ...lines].map(line => `${line}\n`).join('')})\n`;
}

/** A here-document that is not expanded; its end is a word that no line of the text is. */
export function hereDocument(command: string, text: string): string {
  const lines = new Set(text.split('\n'));
  let mark = 'END_OF_SCRIPT';
  while (lines.has(mark)) {
    mark += '_';
  }
  const body = text.endsWith('\n') ? text : `${text}\n`;
  return `${command} <<'${mark}'\n${body}${mark}\n`;
}
