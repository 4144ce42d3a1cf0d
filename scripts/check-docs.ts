/**
 * Reads the documents as somebody who follows them: links lead somewhere, named files are there, commands and their
 * options exist. `node scripts/check-docs.ts` prints what does not, with file and line.
 */
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { readFacts, type Facts } from './document-facts.ts';

/** Top folders whose paths in backticks must exist. */
const FOLDERS =
  /^(\.ci|bench|demo|docs|jupyter-config|jupyterlab_panosc|profiles|schema|scripts|server|src|style|ui-tests)\//;
/** Made by a build or a run, so not there in a fresh checkout. */
const GENERATED =
  /^(jupyterlab_panosc\/(companion|labextension)|bench\/results|ui-tests\/test-results)\b/;
/** A name with a placeholder, such as `src/<domain>/` or `scripts/bench NAME`. */
const PLACEHOLDER = /[<>…$]|\bNAME\b|\b[A-Z]{3,}\.(ts|yaml|py)/;

interface Line {
  readonly number: number;
  readonly text: string;
  /** Inside a fenced block. */
  readonly isCode: boolean;
}

function linesOf(markdown: string): Line[] {
  let isCode = false;
  return markdown.split('\n').map((text, index) => {
    const isFence = /^\s*```/.test(text);
    isCode = isFence ? !isCode : isCode;
    return { number: index + 1, text, isCode: isCode || isFence };
  });
}

/** Anchors of a document as GitHub makes them from its headings. */
function anchorsOf(markdown: string): Set<string> {
  const anchors = new Set<string>();
  for (const { text, isCode } of linesOf(markdown)) {
    const heading = isCode ? null : /^#{1,6}\s+(.*)$/.exec(text);
    if (heading !== null) {
      const plain = (heading[1] ?? '')
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(/\s/g, '-');
      let anchor = plain;
      for (let count = 1; anchors.has(anchor); count++) {
        anchor = `${plain}-${count}`;
      }
      anchors.add(anchor);
    }
  }
  return anchors;
}

function brokenLink(root: string, from: string, target: string): string | null {
  if (/^[a-z]+:/.test(target)) {
    return null;
  }
  const [file = '', anchor] = target.split('#');
  const wanted = file === '' ? from : path.join(path.dirname(from), decodeURIComponent(file));
  if (!existsSync(path.join(root, wanted))) {
    return `the link ${target} leads nowhere`;
  }
  if (anchor === undefined || anchor === '' || !wanted.endsWith('.md')) {
    return null;
  }
  return anchorsOf(readFileSync(path.join(root, wanted), 'utf8')).has(anchor)
    ? null
    : `${wanted} has no heading #${anchor}`;
}

function missingPath(root: string, code: string): string | null {
  const named = code.split(/\s/)[0]?.replace(/[:,;]$/, '') ?? '';
  if (!FOLDERS.test(named) || GENERATED.test(named) || PLACEHOLDER.test(named)) {
    return null;
  }
  const isThere = /[*{]/.test(named)
    ? globSync(named, { cwd: root }).length > 0
    : existsSync(path.join(root, named));
  return isThere ? null : `there is no ${named}`;
}

/** What a line with a command says wrongly. */
function wrongCommand(line: string, facts: Facts): string[] {
  const found: string[] = [];
  for (const [, before = '', name = '', rest = ''] of line.matchAll(
    /\bjupyter panosc((?:\s+--(?:json|profile(?:[ =]\S+)))*)\s+([a-z]+)\b([^`#|&;)]*)/g
  )) {
    const options = facts.commands.get(name);
    if (options === undefined) {
      if (name !== 'help') {
        found.push(`jupyter panosc has no command "${name}"`);
      }
      continue;
    }
    found.push(
      ...[...`${before} ${rest}`.matchAll(/(?<=\s|\[)--[a-z][a-z-]*/g)]
        .filter(([option]) => !options.has(option) && !facts.globalOptions.has(option))
        .map(([option]) => `jupyter panosc ${name} has no option ${option}`)
    );
  }
  const named = (pattern: RegExp, known: ReadonlySet<string>, what: string): void => {
    for (const [, name = ''] of line.matchAll(pattern)) {
      if (!known.has(name)) {
        found.push(`${what} ${name} does not exist`);
      }
    }
  };
  named(/\bnpm run (?:--silent )?([a-z:-]+)/g, facts.npmScripts, 'the npm script');
  named(/\bc\.Panosc\.(\w+)/g, facts.traits, 'the trait Panosc.');
  named(/\bscripts\/test --only ([a-z]+)/g, facts.testParts, 'the part of the tests');
  named(/\bscripts\/bench ([a-z][a-z-]+)/g, facts.benchmarks, 'the benchmark');
  for (const [variable] of line.matchAll(/\bPANOSC_[A-Z_]*[A-Z]\b/g)) {
    if (!new RegExp(`\\b${variable}\\b`).test(facts.readers)) {
      found.push(`nobody reads ${variable}`);
    }
  }
  return found;
}

/** Everything that is wrong in one document, each with its line. */
export function mistakesIn(root: string, file: string, facts: Facts): string[] {
  // Decisions and changes speak of their day: files that they name may have gone.
  const isHistory = /^(CHANGELOG\.md|docs\/adr\/)/.test(file);
  return linesOf(readFileSync(path.join(root, file), 'utf8')).flatMap(
    ({ number, text, isCode }) => {
      const inline = isCode ? [] : [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? '');
      const links = isCode
        ? []
        : [...text.replaceAll(/`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)].map(
            ([, to]) => to ?? ''
          );
      const pathsInCode = isCode ? text.split(/[\s'"]+/) : [];
      return [
        ...links.map(to => brokenLink(root, file, to)),
        ...(isHistory ? [] : [...inline, ...pathsInCode].map(code => missingPath(root, code))),
        ...(isHistory ? [] : wrongCommand(text, facts))
      ].flatMap(mistake => (mistake === null ? [] : [`${file}:${number}: ${mistake}`]));
    }
  );
}

/** The documents of the repository, as paths below its root. */
export function documentsOf(root: string): string[] {
  return globSync(['*.md', 'docs/**/*.md', 'profiles/*.md'], { cwd: root }).sort();
}

/** Pictures below docs/ that no document shows, and those that are too heavy to be read on a train. */
export function wrongPictures(root: string, documents: readonly string[]): string[] {
  const shown = documents.map(file => readFileSync(path.join(root, file), 'utf8')).join('\n');
  return globSync('docs/**/*.{png,jpg}', { cwd: root }).flatMap(file => [
    ...(shown.includes(path.basename(file)) ? [] : [`${file}: no document shows it`]),
    ...(statSync(path.join(root, file)).size > 160_000 ? [`${file}: more than 160 kB`] : [])
  ]);
}

if (process.argv[1] === import.meta.filename) {
  const root = path.resolve(import.meta.dirname, '..');
  const documents = documentsOf(root);
  const facts = readFacts(root);
  const mistakes = [
    ...documents.flatMap(file => mistakesIn(root, file, facts)),
    ...wrongPictures(root, documents)
  ];
  process.stdout.write(mistakes.map(mistake => `${mistake}\n`).join(''));
  process.stdout.write(`${documents.length} documents, ${mistakes.length} mistakes\n`);
  process.exitCode = mistakes.length === 0 ? 0 : 1;
}
