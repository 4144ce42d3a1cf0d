/**
 * Keeps the catalogues of jupyterlab_panosc/locale and src/ui/server-sentences.json in step with the sources.
 * `node scripts/translations.ts` fails when a text has no translation, a translation no text, or the two do not fit;
 * with `--write` it adds what is missing (empty), drops what is stale, and sorts.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { collectMsgids, type Msgid } from './msgids.ts';

type Catalogue = Record<string, string[] | Record<string, string>>;

const DOMAIN = 'jupyterlab_panosc';
const SENTENCES = 'src/ui/server-sentences.json';

process.chdir(path.resolve(import.meta.dirname, '..'));
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

/** Must be the number of forms that `plural_forms` of the language has. */
function formCount(pluralForms: string): number {
  return Number(/nplurals=(\d)/.exec(pluralForms)?.[1] ?? 0);
}

function placeholders(text: string): string {
  return [...new Set(text.match(/%\d+/g))].sort().join(' ');
}

/** What is wrong with one translation; the form for one thing may leave the number out. */
function* mistakesOf(msgid: Msgid, forms: readonly string[], wanted: number): Generator<string> {
  if (forms.length !== (msgid.plural === null ? 1 : wanted)) {
    yield `has ${forms.length} forms instead of ${msgid.plural === null ? 1 : wanted}`;
  }
  for (const [index, form] of forms.entries()) {
    const isForOne = msgid.plural !== null && index === 0;
    const has = placeholders(isForOne ? `%1 ${form}` : form);
    const needs = placeholders(isForOne ? `%1 ${msgid.id}` : (msgid.plural ?? msgid.id));
    if (form.trim() === '') {
      yield 'is not translated';
    } else if (has !== needs) {
      yield `has the placeholders ${has || 'none'} instead of ${needs || 'none'}`;
    } else if (/^\s/.test(form) !== /^\s/.test(msgid.id) || /\s$/.test(form)) {
      yield 'begins or ends with other blanks';
    }
  }
}

function headerOf(file: string, catalogue: Catalogue): string[] {
  const header = catalogue[''] as Record<string, string> | undefined;
  // Lab takes the folder with an underscore and the language with a hyphen, or it shows English without a word.
  const language = (file.split('/')[2] ?? '').replace('_', '-');
  const wanted = { domain: DOMAIN, language, version };
  return [
    ...Object.entries(wanted)
      .filter(([key, value]) => header?.[key] !== value)
      .map(([key, value]) => `${file}: the header's ${key} must be ${value}`),
    ...(formCount(header?.['plural_forms'] ?? '') > 0 ? [] : [`${file}: no plural_forms`])
  ];
}

function checkCatalogue(file: string, catalogue: Catalogue, msgids: readonly Msgid[]): string[] {
  const header = catalogue[''] as Record<string, string> | undefined;
  const wanted = formCount(header?.['plural_forms'] ?? '');
  const known = new Set(msgids.map(({ id }) => id));
  return [
    ...headerOf(file, catalogue),
    ...msgids.flatMap(msgid => {
      const forms = catalogue[msgid.id];
      return Array.isArray(forms)
        ? [...mistakesOf(msgid, forms, wanted)].map(what => `${file}: "${msgid.id}" ${what}`)
        : [`${file}: "${msgid.id}" (${msgid.at}) is missing`];
    }),
    ...Object.keys(catalogue)
      .filter(id => id !== '' && !known.has(id))
      .map(id => `${file}: "${id}" is not in the sources any more`)
  ];
}

function inStep(catalogue: Catalogue, msgids: readonly Msgid[]): Catalogue {
  const header = catalogue[''] as Record<string, string>;
  const count = formCount(header['plural_forms'] ?? '');
  const entries = msgids.map(({ id, plural }): [string, string[]] => {
    const forms = catalogue[id];
    return [id, Array.isArray(forms) ? forms : Array<string>(plural === null ? 1 : count).fill('')];
  });
  return { '': { ...header, version }, ...Object.fromEntries(entries) };
}

async function textOf(file: string, value: unknown): Promise<string> {
  return await format(JSON.stringify(value), { ...(await resolveConfig(file)), filepath: file });
}

const { browser, server, mistakes: found } = collectMsgids();
const mistakes = [...found];
const byId = new Map([...server, ...browser].map(msgid => [msgid.id, msgid]));
const msgids = [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
const sentences = await textOf(
  SENTENCES,
  server.map(({ id }) => id)
);
const files = globSync('jupyterlab_panosc/locale/*/LC_MESSAGES/*.json').sort();
const isWriting = process.argv.includes('--write');
if (isWriting) {
  writeFileSync(SENTENCES, sentences);
} else if (readFileSync(SENTENCES, 'utf8') !== sentences) {
  mistakes.push(`${SENTENCES} is stale: run node scripts/translations.ts --write`);
}
for (const file of files) {
  let catalogue = JSON.parse(readFileSync(file, 'utf8')) as Catalogue;
  if (isWriting) {
    catalogue = inStep(catalogue, msgids);
    writeFileSync(file, await textOf(file, catalogue));
  }
  mistakes.push(...checkCatalogue(file, catalogue, msgids));
}
if (files.length === 0) {
  mistakes.push('There is no catalogue in jupyterlab_panosc/locale.');
}
process.stdout.write(
  `${[...mistakes, `${msgids.length} texts, ${files.length} languages`].join('\n')}\n`
);
process.exitCode = mistakes.length === 0 ? 0 : 1;
