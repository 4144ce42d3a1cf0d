import { globSync, readFileSync } from 'node:fs';
import ts from 'typescript';

/** One text that people read, as the catalogues name it; with its plural where a number decides. */
export interface Msgid {
  readonly id: string;
  readonly plural: string | null;
  /** File and line of its first use. */
  readonly at: string;
}

/** Every text of the product, and what the translator is given that cannot be looked up. */
export interface Msgids {
  readonly browser: readonly Msgid[];
  readonly server: readonly Msgid[];
  readonly mistakes: readonly string[];
}

/**
 * Files whose words no page shows: the command line, which speaks English; scripts and requests for machines; and the
 * mistakes of a profile, which name keys of its YAML to whoever wrote it.
 */
const NOT_SHOWN =
  /^server\/src\/((cli|config)\/.*|main|serve|doctor\/(report|routes)|facility\/(profile|profile-.*|inline-secrets|named-files)|http\/(serve-events|metrics|exposition)|images\/cvmfs\/catalog-row|jobs\/script|signin\/qr-svg)\.ts$/;

/** Calls whose texts are for logs, databases, regular expressions and programmers. */
const NOT_SHOWN_CALLS =
  /(\blog\.\w+|\.(prepare|exec|startsWith|endsWith|includes|replace|replaceAll|abort|destroy|write|end|set|setHeader|split|join)|^(Error|RangeError|TypeError|DOMException|RegExp|qrSvg))$/;

/** Texts with a blank that are no sentences. */
const NOT_WORDS =
  /^(None assigned$|Bearer |Basic |GET |chmod |import |pip |sha-|\s*[A-Z]{5,} )|^<|(JSON|XML|tag-value)$/;

/** A template as the translator wants it: `%1`, `%2` … for what is filled in. */
function textOf(node: ts.Node): string | null {
  if (ts.isStringLiteralLike(node)) {
    return node.text;
  }
  return ts.isTemplateExpression(node)
    ? node.templateSpans.reduce(
        (text, span, index) => `${text}%${index + 1}${span.literal.text}`,
        node.head.text
      )
    : null;
}

/** Words with a blank between: what a person reads, not a key, a path or a header. */
function isSentence(text: string): boolean {
  return / /.test(text) && /[a-z]{2}/.test(text.replace(/%\d+/g, '')) && !NOT_WORDS.test(text);
}

/** One word is enough where it says itself that it is a title. */
function isTitle({ parent }: ts.Node, text: string): boolean {
  return (
    ts.isPropertyAssignment(parent) &&
    parent.name.getText() === 'title' &&
    /^[A-Z][a-z]+$/.test(text)
  );
}

function walk(file: string, visit: (node: ts.Node, at: string) => boolean): void {
  const source = ts.createSourceFile(
    file,
    readFileSync(file, 'utf8'),
    ts.ScriptTarget.Latest,
    true,
    file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS
  );
  const into = (node: ts.Node): void => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    if (visit(node, `${file}:${line + 1}`)) {
      ts.forEachChild(node, into);
    }
  };
  into(source);
}

/** A text that has a name because it stands in several places: `export const CATEGORY = '…'`. */
function constantsOf(files: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const file of files) {
    for (const [, name = '', text = ''] of readFileSync(file, 'utf8').matchAll(
      /^export const ([A-Z_]+) = '([^'\\\n]+)';$/gm
    )) {
      found.set(name, text);
    }
  }
  return found;
}

function browserMsgids(mistakes: string[]): Msgid[] {
  const found: Msgid[] = [];
  const files = globSync('src/**/*.{ts,tsx}', { exclude: ['**/__tests__/**', 'src/testing/**'] });
  const constants = constantsOf(files);
  const literal = (node: ts.Node | undefined): string | null =>
    node === undefined
      ? null
      : ts.isStringLiteralLike(node)
        ? node.text
        : (constants.get(node.getText()) ?? null);
  for (const file of files.sort()) {
    walk(file, (node, at) => {
      if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
        const name = node.expression.name.text;
        const [first, second] = node.arguments;
        if (name === '__' || name === '_n') {
          const id = literal(first);
          const plural = name === '_n' ? literal(second) : null;
          if (id !== null) {
            found.push({ id, plural, at });
          } else if (!file.endsWith('/said.ts')) {
            mistakes.push(`${at}: the translator needs the text itself here, not a variable`);
          }
        } else if (/^(_p|_np|gettext|ngettext|pgettext)$/.test(name)) {
          mistakes.push(`${at}: write __ or _n`);
        }
      }
      return true;
    });
  }
  return found;
}

function isNotShown(node: ts.Node): boolean {
  const { parent } = node;
  if (parent !== undefined && (ts.isCallExpression(parent) || ts.isNewExpression(parent))) {
    return node !== parent.expression && NOT_SHOWN_CALLS.test(parent.expression.getText());
  }
  return ts.isImportDeclaration(node) || ts.isTypeNode(node) || ts.isTaggedTemplateExpression(node);
}

function serverMsgids(mistakes: string[]): Msgid[] {
  const found: Msgid[] = [];
  const files = [...globSync('server/src/**/*.ts'), 'src/contract/problem.ts'];
  for (const file of files.filter(name => !NOT_SHOWN.test(name)).sort()) {
    walk(file, (node, at) => {
      if (isNotShown(node)) {
        return false;
      }
      const text = textOf(node);
      if (text !== null && (isSentence(text) || isTitle(node, text))) {
        found.push({ id: text, plural: null, at });
      }
      return true;
    });
  }
  return [...found, ...relayMsgids(), ...phraseMsgids(mistakes)];
}

function phraseMsgids(mistakes: string[]): Msgid[] {
  const sources = [...globSync('server/src/**/*.ts'), ...globSync('jupyterlab_panosc/*.py')]
    .map(file => readFileSync(file, 'utf8'))
    .join('\n');
  for (const id of PHRASES) {
    if (!id.split(/%\d/).every(part => sources.includes(part))) {
      mistakes.push(`scripts/msgids.ts: no source says "${id}" any more`);
    }
  }
  return PHRASES.map(id => ({ id, plural: null, at: 'scripts/msgids.ts' }));
}

/** What is put into sentences and cannot be told from a key or a name; each must still be in a source. */
const PHRASES = [
  'job',
  'transfer',
  'metadata',
  'environment',
  'there is none',
  '%1 does not work',
  '%1 is version %2',
  'Install it with: pip install "jupyterlab-panosc[node]"'
] as const;

/** What the relay says where there is no companion: in Python every sentence stands in one literal. */
function relayMsgids(): Msgid[] {
  const found = ['launcher', 'relay']
    .map(name => `jupyterlab_panosc/${name}.py`)
    .flatMap(file =>
      [...readFileSync(file, 'utf8').matchAll(/(?<!")\bf?"([A-Z][^"\n]* [^"\n]*[.}])"(?!")/g)].map(
        ([, text = '']) => {
          let number = 0;
          return {
            id: text.replace(/\{(?:[^{}]|\{[^{}]*\})*\}/g, () => `%${(number += 1)}`),
            plural: null,
            at: file
          };
        }
      )
    );
  return found.filter(({ id }) => isSentence(id));
}

function unique(msgids: readonly Msgid[], mistakes: string[]): Msgid[] {
  const byId = new Map<string, Msgid>();
  for (const msgid of msgids) {
    const before = byId.get(msgid.id);
    if (before !== undefined && before.plural !== msgid.plural) {
      mistakes.push(`${msgid.at}: "${msgid.id}" has another plural in ${before.at}`);
    }
    byId.set(msgid.id, before ?? msgid);
  }
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Collects every text from the sources of the browser, the companion and the relay. */
export function collectMsgids(): Msgids {
  const mistakes: string[] = [];
  return {
    browser: unique(browserMsgids(mistakes), mistakes),
    server: unique(serverMsgids(mistakes), mistakes),
    mistakes
  };
}
