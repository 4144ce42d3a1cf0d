import { readFileSync } from 'node:fs';
import path from 'node:path';

/** A fenced block of a document, and what the comment above it says of it. */
export interface Block {
  /** Where it stands, for messages. */
  readonly place: string;
  readonly text: string;
  readonly what:
    | { readonly kind: 'run'; readonly exitCodes: readonly number[] }
    | { readonly kind: 'file'; readonly path: string }
    | { readonly kind: 'not run'; readonly why: string };
}

/** `<!-- run -->`, `<!-- run, exit 0 or 1 -->`, `<!-- file: PATH -->` or `<!-- not run: WHY -->`. */
function readComment(line: string): Block['what'] | null {
  const comment = /^<!-- (.*) -->$/.exec(line)?.[1] ?? '';
  const run = /^run(?:, exit (\d)(?: or (\d))?)?$/.exec(comment);
  if (run !== null) {
    const exitCodes = run.slice(1).filter(code => code !== undefined);
    return { kind: 'run', exitCodes: exitCodes.length === 0 ? [0] : exitCodes.map(Number) };
  }
  const [, kind, rest = ''] = /^(file|not run): (.+)$/.exec(comment) ?? [];
  switch (kind) {
    case 'file':
      return { kind, path: rest };
    case 'not run':
      return { kind, why: rest };
    default:
      return null;
  }
}

/** All fenced blocks of a Markdown file; a block without a word on how it is tested is a mistake. */
export function blocksOf(file: string): Block[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  const blocks: Block[] = [];
  let comment = '';
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (!line.startsWith('```')) {
      comment = line === '' ? comment : line;
      continue;
    }
    const place = `${path.basename(path.dirname(file))}/${path.basename(file)}:${at + 1}`;
    const end = lines.indexOf('```', at + 1);
    const what = readComment(comment);
    if (what === null || end < 0) {
      throw new Error(`${place}: say above the block whether it is run: <!-- run --> or so.`);
    }
    blocks.push({ place, text: `${lines.slice(at + 1, end).join('\n')}\n`, what });
    comment = '';
    at = end;
  }
  return blocks;
}
