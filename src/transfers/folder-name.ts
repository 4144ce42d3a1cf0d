const NAME_LENGTH = 40;
const TAIL_LENGTH = 10;

function clean(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
}

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

function lastWords(text: string): string {
  const words = clean(text).split('-').reverse();
  const [last = ''] = words;
  return last.length > TAIL_LENGTH
    ? clean(last.slice(-TAIL_LENGTH))
    : [...wordsThatFit(words, TAIL_LENGTH)].reverse().join('-');
}

/**
 * A folder name made of a dataset's title, as the companion makes it where no folder is given: never hidden, never
 * empty, cut at a word with the end of the PID. Two datasets in one folder would be hard to tell apart.
 */
export function folderName(title: string, pid: string = title): string {
  const name = clean(title);
  if (name.length <= NAME_LENGTH) {
    return name === '' ? 'dataset' : name;
  }
  const tail = lastWords(pid);
  const head = wordsThatFit(name.split('-'), NAME_LENGTH - 1 - tail.length).join('-');
  return clean(`${head}-${tail}`);
}
