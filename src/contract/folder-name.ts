/** Longest name that is offered: it is read in narrow panels, and typed. */
const NAME_LENGTH = 40;
const TAIL_LENGTH = 10;

/** Letters, digits, dots, dashes; never hidden. */
function clean(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
}

/** As many of the words as fit, joined by dashes; a first word that is too long is cut. */
function wordsThatFit(words: readonly string[], length: number): readonly string[] {
  const [first = ''] = words;
  const fitting = [first.slice(0, length)];
  let used = first.length;
  for (const word of words.slice(1)) {
    used += 1 + word.length;
    if (used > length) {
      break;
    }
    fitting.push(word);
  }
  return fitting;
}

/** The last words of a PID or title: what tells it from its siblings, such as a number or a date. */
function lastWords(text: string): string {
  const words = clean(text).split('-').reverse();
  const [last = ''] = words;
  return last.length > TAIL_LENGTH
    ? clean(last.slice(-TAIL_LENGTH))
    : [...wordsThatFit(words, TAIL_LENGTH)].reverse().join('-');
}

/**
 * A folder name made of a title, the same in the companion and in what the browser offers: never hidden, never
 * empty. One that is too long is cut at a word and keeps the end of `id`, so that long titles that begin alike
 * keep apart.
 */
export function folderNameOf(title: string, id: string = title): string {
  const name = clean(title);
  if (name.length <= NAME_LENGTH) {
    return name === '' ? 'dataset' : name;
  }
  const tail = lastWords(id);
  const head = wordsThatFit(name.split('-'), NAME_LENGTH - 1 - tail.length).join('-');
  return clean(`${head}-${tail}`);
}
