/** The last column is wrapped into what is left of a line, unless that is less. */
const LEAST_COLUMNS = 16;

/** A sentence in lines of at most so many columns; a longer word gets a line of its own. */
export function wrapped(text: string, columns: number): string[] {
  if (text.length <= columns) {
    return [text];
  }
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** One row, and what is said below it. */
export interface Row {
  readonly cells: readonly string[];
  readonly note?: string | null;
}

function cut(text: string, columns: number): string[] {
  return [text.length <= columns ? text : `${text.slice(0, columns - 1)}…`];
}

/**
 * Columns padded to their widest cell. On a terminal of `width` columns the last one and the notes are wrapped, or
 * cut where `isCut`; elsewhere (null) they are whole.
 */
export function table(rows: readonly Row[], width: number | null, isCut = false): string[] {
  const last = Math.max(0, ...rows.map(({ cells }) => cells.length - 1));
  const widths = Array.from({ length: last }, (_, column) =>
    Math.max(...rows.map(({ cells }) => cells[column]?.length ?? 0))
  );
  const begin = widths.reduce((sum, columns) => sum + columns + 2, 0);
  const left = width === null || width - begin < LEAST_COLUMNS ? Infinity : width - begin;
  const fit = isCut ? cut : wrapped;
  return rows.flatMap(({ cells, note }) => {
    const head = widths
      .map((columns, column) => `${(cells[column] ?? '').padEnd(columns)}  `)
      .join('');
    const tail = fit(cells[last] ?? '', left);
    const notes = note ? fit(note, width === null ? Infinity : width - 4) : [];
    return [
      ...tail.map((line, index) => (index === 0 ? head : ' '.repeat(begin)) + line),
      ...notes.map(line => `    ${line}`)
    ].map(line => line.trimEnd());
  });
}
