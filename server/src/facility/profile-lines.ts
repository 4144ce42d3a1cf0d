import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document } from 'yaml';
import type { Path } from './profile-mistakes.ts';

/** What YAML makes of a text, and on which line of it every key stands. */
export class ProfileLines {
  /** What the text is no YAML for, or null. */
  readonly mistake: string | null;
  readonly #document: Document;
  readonly #counter = new LineCounter();

  constructor(text: string) {
    // Without the pretty errors, which quote the text: a secret could stand there.
    this.#document = parseDocument(text, {
      lineCounter: this.#counter,
      prettyErrors: false,
      logLevel: 'error'
    });
    const [error] = this.#document.errors;
    this.mistake =
      error === undefined
        ? null
        : `line ${this.#counter.linePos(error.pos[0]).line}: ${error.message.replace(/: ["'].*$/s, '')}.`;
  }

  value(): unknown {
    return this.#document.toJS();
  }

  /** The line of a key, or of the innermost one around it that exists. */
  lineOf(path: Path): number | null {
    let node: unknown = this.#document.contents;
    let start: number | undefined;
    for (const name of path) {
      if (isAlias(node)) {
        node = node.resolve(this.#document);
      }
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && key.value === name);
        start = isScalar(pair?.key) ? (pair.key.range?.[0] ?? start) : start;
        node = pair?.value;
      } else if (isSeq(node)) {
        node = node.items[Number(name)];
        start = isMap(node) || isScalar(node) || isSeq(node) ? (node.range?.[0] ?? start) : start;
      } else {
        break;
      }
    }
    return start === undefined ? null : this.#counter.linePos(start).line;
  }
}
