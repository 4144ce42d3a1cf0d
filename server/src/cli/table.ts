/** The last column is wrapped into what is left of a line, unless that is less. */
const LEAST_COLUMNS = 16;

/** A sentence in lines of at most so many columns; a longer word gets a line of its own. */
export function wrapped(text: string, columns: number): string[] {
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

/**
 * Columns padded to their widest cell, without those that are empty in every row. On a terminal of `width`
 * columns the last one and the notes are wrapped; elsewhere (null) a row is a line.
 */
export function table(
  rows: readonly Row[],
  width: number | null,
  header: readonly string[] = []
): string[] {
  const count = Math.max(0, ...rows.map(({ cells }) => cells.length));
  const used = Array.from({ length: count }, (_, column) => column).filter(column =>
    rows.some(({ cells }) => (cells[column] ?? '') !== '')
  );
  const all: readonly Row[] = header.length === 0 ? rows : [{ cells: header }, ...rows];
  const last = used.at(-1);
  const widthOf = (column: number): number =>
    Math.max(...all.map(({ cells }) => cells[column]?.length ?? 0));
  const widths = new Map(used.map(column => [column, column === last ? 0 : widthOf(column)]));
  const begin = [...widths.values()].reduce((sum, columns) => sum + columns + 2, 0) - 2;
  const left = width === null || width - begin < LEAST_COLUMNS ? Infinity : width - begin;
  return all.flatMap(({ cells, note }) => {
    const head = used
      .slice(0, -1)
      .map(column => `${(cells[column] ?? '').padEnd(widths.get(column) ?? 0)}  `)
      .join('');
    const tail = wrapped(last === undefined ? '' : (cells[last] ?? ''), left);
    const notes = note ? wrapped(note, width === null ? Infinity : width - 4) : [];
    return [
      ...tail.map((line, index) => (index === 0 ? head : ' '.repeat(begin)) + line),
      ...notes.map(line => `    ${line}`)
    ].map(line => line.trimEnd());
  });
}
