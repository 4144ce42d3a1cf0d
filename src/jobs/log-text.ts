const MAX_LINES = 2_000;
const MAX_LINE_CHARS = 4_000;
// CSI sequences (ECMA-48 §5.4): colours and cursor moves of programs that believe to be in a terminal.
const ESCAPES = /\u001b\[[0-?]*[ -/]*[@-~]/g;

/** One line of a log with a number that stays, so that the view can keep what it has drawn. */
export interface ILogLine {
  readonly number: number;
  readonly text: string;
}

function clean(raw: string): string {
  // A progress bar overwrites its line: what stands after the last return is what a terminal would show.
  const shown = raw.replace(/\r+$/, '');
  const text = shown.slice(shown.lastIndexOf('\r') + 1).replace(ESCAPES, '');
  return text.length > MAX_LINE_CHARS ? `${text.slice(0, MAX_LINE_CHARS)} …` : text;
}

/** The last lines of a log that grows. Memory stays bounded whatever the job writes. */
export class LogText {
  #lines: readonly ILogLine[] = [];
  #open = '';
  #next = 1;
  #leftOut = 0;
  #skipToNewline = false;

  /** Whole lines, and the one that is being written. */
  get lines(): readonly ILogLine[] {
    return this.#open === '' || this.#skipToNewline
      ? this.#lines
      : [...this.#lines, { number: this.#next, text: clean(this.#open) }];
  }

  /** How many earlier lines are not kept; those before a jump are not counted. */
  get leftOut(): number {
    return this.#leftOut;
  }

  push(text: string): void {
    const pieces = (this.#open + text).split('\n');
    this.#open = pieces.pop() ?? '';
    if (this.#open.length > 4 * MAX_LINE_CHARS) {
      // A line without an end: only what a terminal would show last is of use.
      this.#open = this.#open.slice(-MAX_LINE_CHARS);
    }
    if (this.#skipToNewline && pieces.length > 0) {
      pieces.shift();
      this.#skipToNewline = false;
    }
    if (pieces.length === 0) {
      return;
    }
    const added = pieces.slice(-MAX_LINES).map((piece, index) => ({
      number: this.#next + Math.max(0, pieces.length - MAX_LINES) + index,
      text: clean(piece)
    }));
    this.#next += pieces.length;
    const all = [...this.#lines, ...added];
    this.#lines = all.slice(-MAX_LINES);
    this.#leftOut = this.#next - 1 - this.#lines.length;
  }

  /** Forgets everything; with `isMidLine` the rest of the line that comes first is dropped. */
  restart(isMidLine: boolean): void {
    this.#lines = [];
    this.#open = '';
    this.#next = 1;
    this.#leftOut = 0;
    this.#skipToNewline = isMidLine;
  }
}
