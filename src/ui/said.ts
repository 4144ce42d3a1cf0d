import type { TranslationBundle } from '@jupyterlab/translation';
import sentences from './server-sentences.json';

interface ISentence {
  readonly msgid: string;
  /** What stands between the values. */
  readonly parts: readonly string[];
}

/** How deep a value may be a sentence itself: a reason inside of a problem, a list inside of a reason. */
const DEEPEST = 3;

const plain = new Set<string>(sentences.filter(msgid => !/%\d/.test(msgid)));

/** The most particular first: "… cannot be written: a file is in the way" before "… cannot be written: …". */
const withValues: readonly ISentence[] = sentences
  .filter(msgid => /%\d/.test(msgid))
  .map(msgid => ({ msgid, parts: msgid.split(/%\d+/) }))
  .sort((a, b) => b.parts.join('').length - a.parts.join('').length);

/** The values of a text that was made from this sentence; null when it was not. */
function valuesIn(text: string, parts: readonly string[]): string[] | null {
  const last = parts.length - 1;
  const begin = parts[0] ?? '';
  const end = parts[last] ?? '';
  const limit = text.length - end.length;
  if (limit < begin.length || !text.startsWith(begin) || !text.endsWith(end)) {
    return null;
  }
  const values: string[] = [];
  let from = begin.length;
  for (const part of parts.slice(1, last)) {
    const at = text.indexOf(part, from);
    if (at < 0 || at + part.length > limit) {
      return null;
    }
    values.push(text.slice(from, at));
    from = at + part.length;
  }
  return [...values, text.slice(from, limit)];
}

/** A file called "metadata" or a job called "environment" keeps its name: one word, or what stands in quotes. */
function isName(value: string, before: string | undefined): boolean {
  return !/\s/.test(value) || /["“]$/.test(before ?? '');
}

function translated(text: string, trans: TranslationBundle, depth: number): string | null {
  if (plain.has(text)) {
    return trans.__(text);
  }
  for (const { msgid, parts } of withValues) {
    const values = valuesIn(text, parts);
    if (values !== null) {
      return trans.__(
        msgid,
        ...values.map((value, index) =>
          isName(value, parts[index]) ? value : inParts(value, trans, depth + 1)
        )
      );
    }
  }
  return null;
}

/** Sentences one after the other, or a list with commas: each for itself, the longest run that is known first. */
function inParts(text: string, trans: TranslationBundle, depth: number): string {
  const whole = depth > DEEPEST ? text : translated(text, trans, depth);
  if (whole !== null) {
    return whole;
  }
  for (const [between, glue] of [
    [/(?<=[.!?]) (?=\p{Lu}|["“])/u, ' '],
    [/, /, ', ']
  ] as const) {
    const pieces = text.split(between);
    if (pieces.length > 1) {
      return inRuns(pieces, glue, trans, depth);
    }
  }
  return text;
}

function inRuns(
  pieces: readonly string[],
  glue: string,
  trans: TranslationBundle,
  depth: number
): string {
  const out: string[] = [];
  for (let from = 0; from < pieces.length;) {
    let to = pieces.length;
    let found: string | null = null;
    for (; to > from; to -= 1) {
      found = translated(pieces.slice(from, to).join(glue), trans, depth);
      if (found !== null) {
        break;
      }
    }
    if (found === null) {
      to = from + 1;
      const piece = pieces[from] ?? '';
      found = glue === ' ' ? inParts(piece, trans, depth + 1) : piece;
    }
    out.push(found);
    from = to;
  }
  return out.join(glue);
}

/**
 * A sentence of the companion in the person's language. The wire carries English (RFC 9457 `detail`, reasons, findings,
 * checks): stored, logged and read by scripts as it is. Here the sentence that it was made from is recognised among
 * those of `server-sentences.json` and translated with the same values; what is not recognised stays as it came.
 */
export function said(text: string, trans: TranslationBundle): string;
export function said(text: string | null | undefined, trans: TranslationBundle): string | null;
export function said(text: string | null | undefined, trans: TranslationBundle): string | null {
  return text == null ? null : inParts(text, trans, 0);
}
