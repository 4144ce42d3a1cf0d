import type * as z from 'zod';

const MOST_SHOWN = 5;

/** The way to a key: names and positions in lists. */
export type Path = readonly PropertyKey[];

/** Something wrong at one place of a profile. */
export interface Mistake {
  readonly path: Path;
  readonly what: string;
}

/** `stores[0].token_from`, as a person would look for it in the file. */
export function fieldOf(path: Path): string {
  return path.reduce<string>((place, key) => {
    if (typeof key === 'number') {
      return `${place}[${key}]`;
    }
    return place === '' ? String(key) : `${place}.${String(key)}`;
  }, '');
}

function whatOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.endsWith('received undefined')
        ? 'is missing'
        : issue.message.replace('Invalid input: ', '');
    case 'invalid_value':
      return `must be ${issue.values.map(value => JSON.stringify(value)).join(' or ')}`;
    case 'invalid_union':
      return 'has none of the forms that it may have';
    default:
      return issue.message.replace('Invalid input: ', '');
  }
}

/** What the schema has against a profile. */
export function schemaMistakes({ issues }: z.ZodError): Mistake[] {
  return issues.flatMap(issue =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map(key => ({ path: [...issue.path, key], what: 'there is no such key' }))
      : [{ path: issue.path, what: whatOf(issue) }]
  );
}

/** The mistakes of a profile in one line, each with its line and its field. */
export function sentenceOf(
  mistakes: readonly Mistake[],
  lineOf: (path: Path) => number | null
): string {
  const shown = mistakes.slice(0, MOST_SHOWN).map(({ path, what }) => {
    const line = lineOf(path);
    const places = [line === null ? '' : `line ${line}`, fieldOf(path)];
    const place = places.filter(text => text !== '').join(', ');
    return place === '' ? what : `${place}: ${what}`;
  });
  const more = mistakes.length - shown.length;
  return `${shown.join('; ')}${more === 0 ? '' : `; and ${more} more`}.`;
}
