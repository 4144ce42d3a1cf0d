import { stripVTControlCharacters } from 'node:util';
import { table, wrapped, type Row } from './table.ts';

/** Exit codes, as the README lists them. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, needsPerson: 3, unreachable: 4 } as const;

/** `12 s`, `3 min`, `2 h 5 min`; "–" for unknown. */
export function durationText(seconds: number | null): string {
  if (seconds === null) {
    return '–';
  }
  if (seconds < 90) {
    return `${Math.ceil(seconds)} s`;
  }
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Text of others made safe for a terminal: no escape sequences, no control characters, one line. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replace(
    /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    ' '
  );
}

/** A bar is being drawn on stderr: the next line begins below it. */
let barIsOpen = false;

function endBar(): void {
  if (barIsOpen) {
    process.stderr.write('\n');
    barIsOpen = false;
  }
}

/** Sentences on stderr, broken between words on a terminal; a line break keeps what is to be copied together. */
export function warn(sentences: string): void {
  endBar();
  const width = process.stderr.isTTY ? process.stderr.columns : Infinity;
  for (const line of sentences.split('\n').flatMap(each => wrapped(each, width))) {
    process.stderr.write(`${line}\n`);
  }
}

/** Ctrl-C was echoed: the next line begins below it. */
export function leaveEcho(): void {
  barIsOpen ||= process.stderr.isTTY;
  endBar();
}

/** Where a command writes. `--json` prints one document on stdout and nothing else there. */
export class Terminal {
  readonly isJson: boolean;

  constructor(isJson: boolean) {
    this.isJson = isJson;
  }

  /** The result: the document with `--json`, else the lines. */
  result(document: unknown, lines: readonly string[]): void {
    endBar();
    process.stdout.write(
      this.isJson ? `${JSON.stringify(document)}\n` : lines.map(line => `${line}\n`).join('')
    );
  }

  /** Raw text such as a job's log. */
  raw(text: string): void {
    process.stdout.write(text);
  }

  /** A remark for the person, on stderr. */
  say(line: string): void {
    warn(line);
  }

  /** One line that is drawn over; only on a terminal. */
  bar(fraction: number | null, words: string): void {
    if (!process.stderr.isTTY) {
      return;
    }
    const width = 24;
    const done = Math.round((fraction ?? 0) * width);
    const drawn =
      fraction === null ? '·'.repeat(width) : '█'.repeat(done) + '░'.repeat(width - done);
    const percent = fraction === null ? '' : ` ${Math.floor(fraction * 100)} %`;
    process.stderr.write(`\r\u001b[K${drawn}${percent}  ${words}`);
    barIsOpen = true;
  }

  /** Rows in columns, as wide as the terminal; the last one goes on below itself. */
  table(rows: readonly (readonly string[])[]): string[] {
    return table(
      rows.map(cells => ({ cells })),
      terminalWidth()
    );
  }

  /** Many things, each with a line and perhaps a note below it; on a terminal what is too long is cut. */
  list(header: readonly string[], rows: readonly Row[]): string[] {
    return table([{ cells: header }, ...rows], terminalWidth(), true);
  }
}

function terminalWidth(): number | null {
  return process.stdout.isTTY ? process.stdout.columns : null;
}
