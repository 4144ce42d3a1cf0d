import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { CatalogueProfile } from '../facility/profile.ts';

/** A disk that does not answer (a lost NFS server) must not keep a list waiting, nor be asked by every list. */
const PATIENCE_MS = 2000;
const LEAVE_ALONE_MS = 60_000;

type Rule = CatalogueProfile['local_paths'][number];

/** Answers in time, or null. */
async function inTime<T>(work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>(resolve => {
    timer = setTimeout(resolve, PATIENCE_MS, null);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** The path on this machine that a rule gives; null where none fits, or where the path climbs. */
export function localPathOf(listed: string, rules: readonly Rule[]): string | null {
  const rule = rules.find(({ prefix }) => listed.startsWith(prefix));
  if (rule === undefined || listed.includes('\0') || listed.split('/').includes('..')) {
    return null;
  }
  return path.join(rule.folder, listed.slice(rule.prefix.length));
}

/** Finds the files of a catalogue that this machine mounts, so that nobody pulls what is there already. */
export class MountedFiles {
  readonly #rules: readonly Rule[];
  readonly #now: () => number;
  /** By folder of a rule: until when it is left alone, because it did not answer. */
  readonly #silentUntil = new Map<string, number>();

  /** `now` in milliseconds, monotonic. */
  constructor(rules: readonly Rule[], now: () => number) {
    this.#rules = rules;
    this.#now = now;
  }

  /** The paths of those that are there with the listed size; null for each that is not, or whose disk does not answer. */
  async find(
    files: readonly { readonly path: string; readonly sizeBytes: number | null }[]
  ): Promise<(string | null)[]> {
    const there = new Map(
      await Promise.all(
        this.#rules.map(async ({ folder }) => [folder, await this.#answers(folder)] as const)
      )
    );
    return Promise.all(
      files.map(async ({ path: listed, sizeBytes }) => {
        const rule = this.#rules.find(({ prefix }) => listed.startsWith(prefix));
        const local = localPathOf(listed, this.#rules);
        if (local === null || rule === undefined || there.get(rule.folder) !== true) {
          return null;
        }
        const found = await inTime(stat(local).catch(() => null));
        const isIt = found?.isFile() === true && (sizeBytes === null || found.size === sizeBytes);
        return isIt ? local : null;
      })
    );
  }

  /** One question for all files: a disk that hangs costs one thread, and is left alone for a minute. */
  async #answers(folder: string): Promise<boolean> {
    if ((this.#silentUntil.get(folder) ?? 0) > this.#now()) {
      return false;
    }
    const found = await inTime(
      stat(folder).then(
        info => info.isDirectory(),
        () => false
      )
    );
    if (found === null) {
      this.#silentUntil.set(folder, this.#now() + LEAVE_ALONE_MS);
    }
    return found ?? false;
  }
}
