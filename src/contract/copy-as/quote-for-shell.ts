/** Words that no shell reads in another way. */
const PLAIN = /^[\w@%+=:,./-]+$/;
/**
 * What cannot be seen, or changes how the rest is seen, or speaks to the terminal that it is pasted into: control
 * characters but the line feed, direction marks and zero-width characters.
 */
const UNSEEN =
  /[\u0001-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+/;

/** `"$(printf '\033')"`: the same bytes, written so that they can be read. */
function spelled(unseen: string): string {
  const octal = encodeURIComponent(unseen).replace(
    /%(..)/g,
    (_, hex: string) => `\\${parseInt(hex, 16).toString(8).padStart(3, '0')}`
  );
  return `"$(printf '${octal}')"`;
}

/** Nothing is special between single quotes but the quote itself (POSIX shell, 2.2.2). */
function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** One word for a POSIX shell, whatever stands in it but a zero byte, which no word can hold. */
export function quoteForShell(text: string): string {
  if (PLAIN.test(text)) {
    return text;
  }
  const seen = text.split(UNSEEN);
  const unseen = text.match(new RegExp(UNSEEN, 'g')) ?? [];
  const word = seen
    .map((part, index) => {
      const next = unseen[index];
      return (part === '' ? '' : singleQuoted(part)) + (next === undefined ? '' : spelled(next));
    })
    .join('');
  return word === '' ? "''" : word;
}

/** A path as one word; a leading `~/` stays for the shell to expand. */
export function quotePath(path: string): string {
  return path.startsWith('~/')
    ? `~/${path === '~/' ? '' : quoteForShell(path.slice(2))}`
    : quoteForShell(path);
}
