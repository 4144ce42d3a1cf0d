import type * as z from 'zod';

const MOST_SHOWN = 5;

/** `stores[0].token_from`, as a person would look for it in the file. */
function placeOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((place, key) => {
    if (typeof key === 'number') {
      return `${place}[${key}]`;
    }
    return place === '' ? String(key) : `${place}.${String(key)}`;
  }, '');
}

function sentenceOf(issue: z.core.$ZodIssue): string {
  const place = placeOf(issue.path);
  const at = place === '' ? '' : `${place}: `;
  switch (issue.code) {
    case 'unrecognized_keys':
      return `${at}there is no such key: ${issue.keys.join(', ')}`;
    case 'invalid_type':
      return issue.message.endsWith('received undefined')
        ? `${at}is missing`
        : `${at}${issue.message.replace('Invalid input: ', '')}`;
    case 'invalid_value':
      return `${at}must be ${issue.values.map(value => JSON.stringify(value)).join(' or ')}`;
    default:
      return `${at}${issue.message.replace('Invalid input: ', '')}`;
  }
}

/** The mistakes of a profile in one line, each with its place in the file. */
export function mistakesOf({ issues }: z.ZodError): string {
  const shown = issues.slice(0, MOST_SHOWN).map(sentenceOf);
  const more = issues.length - shown.length;
  return `${shown.join('; ')}${more === 0 ? '' : `; and ${more} more`}.`;
}
