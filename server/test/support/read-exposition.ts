/** A family of metrics as it was read. */
export interface ReadFamily {
  readonly type: string;
  readonly help: string;
  readonly samples: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
}

const unescaped = (text: string): string =>
  text.replaceAll(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  const one = /^([a-zA-Z_]\w*)="((?:[^"\\]|\\[\\"n])*)"(,|$)/s;
  for (let rest = text; rest !== '';) {
    const match = one.exec(rest);
    if (match === null || Object.hasOwn(labels, match[1] ?? '')) {
      throw new Error(`not a list of labels: ${text}`);
    }
    labels[match[1] ?? ''] = unescaped(match[2] ?? '');
    rest = rest.slice(match[0].length);
  }
  return labels;
}

const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  counter: [''],
  gauge: ['']
};

/** One sample below its family. */
class FamilyReader {
  readonly #name: string;
  readonly family: ReadFamily;

  constructor(name: string, type: string, help: string) {
    this.#name = name;
    this.family = { type, help, samples: [] };
  }

  take(line: string): void {
    const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/s.exec(line);
    const [, name = '', labels = '', number = ''] = match ?? [];
    const suffix = name.startsWith(this.#name) ? name.slice(this.#name.length) : '?';
    const value = number === '+Inf' ? Infinity : Number(number);
    if (SUFFIXES[this.family.type]?.includes(suffix) !== true || Number.isNaN(value)) {
      throw new Error(`not a sample of ${this.#name}: ${line}`);
    }
    const before = this.family.samples.at(-1);
    this.family.samples.push({ name, labels: labelsOf(labels), value });
    const isNextBucket = before?.name === name && before.labels['le'] !== '+Inf';
    if (suffix === '_bucket' && isNextBucket && before.value > value) {
      throw new Error(`a larger bucket holds less: ${line}`);
    }
  }
}

/**
 * Reads Prometheus' text format 0.0.4, and throws at everything that it does not allow: a sample without its family
 * before it, two families of one name, the same sample twice, a bucket that holds less than a smaller one.
 */
export function readExposition(text: string): Map<string, ReadFamily> {
  if (text !== '' && !text.endsWith('\n')) {
    throw new Error('the last line has no end');
  }
  const families = new Map<string, ReadFamily>();
  const seen = new Set<string>();
  let help: readonly [string, string] | null = null;
  let current: FamilyReader | null = null;
  for (const line of text.split('\n').slice(0, -1)) {
    const helped = /^# HELP ([a-zA-Z_:][\w:]*) (.*)$/s.exec(line);
    const typed = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram)$/.exec(line);
    const key = line.slice(0, line.lastIndexOf(' '));
    if (helped !== null) {
      help = [helped[1] ?? '', unescaped(helped[2] ?? '')];
    } else if (typed !== null) {
      const [, name = '', type = ''] = typed;
      if (families.has(name) || help?.[0] !== name) {
        throw new Error(`a family twice, or without help: ${line}`);
      }
      current = new FamilyReader(name, type, help[1]);
      families.set(name, current.family);
    } else if (current === null || seen.has(key)) {
      throw new Error(`without a family, or twice: ${line}`);
    } else {
      seen.add(key);
      current.take(line);
    }
  }
  return families;
}
