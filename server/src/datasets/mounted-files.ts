import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { CatalogueProfile } from '../facility/profile.ts';

/** A disk that does not answer (a lost NFS server) must not keep a list waiting. */
const PATIENCE_MS = 2000;

type Rule = CatalogueProfile['local_paths'][number];
type Look = (file: string) => Promise<{ isFile(): boolean; readonly size: number }>;

/** The rule with the longest prefix that a listed path begins with. */
function ruleFor(listed: string, rules: readonly Rule[]): Rule | undefined {
  return rules
    .filter(({ prefix }) => listed.startsWith(prefix))
    .sort((a, b) => b.prefix.length - a.prefix.length)[0];
}

/** The path on this machine that a rule gives; null where none fits, or where the path climbs. */
export function localPathOf(listed: string, rules: readonly Rule[]): string | null {
  const rule = ruleFor(listed, rules);
  if (rule === undefined || listed.includes('\0') || listed.split('/').includes('..')) {
    return null;
  }
  return path.join(rule.folder, listed.slice(rule.prefix.length));
}

const LATE = Symbol('late');

async function inTime<T>(work: Promise<T>): Promise<T | typeof LATE> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof LATE>(resolve => {
    timer = setTimeout(resolve, PATIENCE_MS, LATE);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Questions with an answer to come, by folder, for the whole process: they share its threads, whichever facility is chosen. */
const asked = new Map<string, { isLate: boolean; readonly turn: Promise<unknown> }>();

async function ask(
  folder: string,
  file: string,
  look: Look
): Promise<Awaited<ReturnType<Look>> | null> {
  for (;;) {
    const before = asked.get(folder);
    if (before === undefined) {
      break;
    }
    if (before.isLate) {
      return null;
    }
    await before.turn;
  }
  const answer = look(file).catch(() => null);
  const question = { isLate: false, turn: inTime(answer) };
  asked.set(folder, question);
  void answer.finally(() => asked.delete(folder));
  const found = await question.turn;
  question.isLate = found === LATE;
  return found === LATE ? null : found;
}

/**
 * Where this machine mounts the files of a catalogue, so that nobody pulls what is there already: the paths of those
 * that are there with the listed size; null for each that is not, or whose disk does not answer.
 *
 * A `stat` on a lost NFS server keeps one of Node's few threads for as long as that lasts, so a folder is asked for
 * one file at a time, and not at all while an answer is still to come.
 */
export async function findMounted(
  files: readonly { readonly path: string; readonly sizeBytes: number | null }[],
  rules: readonly Rule[],
  look: Look = file => stat(file)
): Promise<(string | null)[]> {
  const found: (string | null)[] = [];
  for (const { path: listed, sizeBytes } of files) {
    const folder = ruleFor(listed, rules)?.folder;
    const local = localPathOf(listed, rules);
    const info = local === null || folder === undefined ? null : await ask(folder, local, look);
    const isIt = info?.isFile() === true && (sizeBytes === null || info.size === sizeBytes);
    found.push(isIt ? local : null);
  }
  return found;
}
