import { appendFileSync, closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';

/** What a partial file was begun for. Another answer of the server makes it worthless. */
export interface PullPlan {
  readonly url: string;
  readonly sizeBytes: number;
  /** Strong ETag or Last-Modified; null when the server gives neither. */
  readonly validator: string | null;
  readonly chunkBytes: number;
}

/** What a journal says about the partial file beside it. */
export interface JournalContent {
  readonly plan: PullPlan | null;
  readonly done: ReadonlySet<number>;
  /** The whole file was complete and checked; only the rename may be missing. */
  readonly isEnded: boolean;
}

const empty: JournalContent = { plan: null, done: new Set(), isEnded: false };

/** Number of chunks of a file. */
export function chunkCount({ sizeBytes, chunkBytes }: PullPlan): number {
  return Math.ceil(sizeBytes / chunkBytes);
}

function parsePlan(line: string | undefined): PullPlan | null {
  try {
    const plan = JSON.parse(line ?? '') as PullPlan;
    return typeof plan.url === 'string' &&
      Number.isSafeInteger(plan.sizeBytes) &&
      plan.sizeBytes >= 0 &&
      Number.isSafeInteger(plan.chunkBytes) &&
      plan.chunkBytes > 0 &&
      (plan.validator === null || typeof plan.validator === 'string')
      ? plan
      : null;
  } catch {
    return null;
  }
}

/**
 * Reads a journal: one line with the plan, then one line for each finished chunk, then perhaps `end`.
 * A last line without its newline was torn by a kill and does not count; nor does anything after a line
 * that cannot be read.
 */
export function parseJournal(text: string): JournalContent {
  const lines = text.split('\n').slice(0, -1);
  const plan = parsePlan(lines[0]);
  if (plan === null) {
    return empty;
  }
  const done = new Set<number>();
  const count = chunkCount(plan);
  for (const line of lines.slice(1)) {
    if (line === 'end') {
      return { plan, done, isEnded: true };
    }
    const index = /^\d{1,15}$/.test(line) ? Number(line) : -1;
    if (index < 0 || index >= count) {
      break;
    }
    done.add(index);
  }
  return { plan, done, isEnded: false };
}

export function readJournal(file: string): JournalContent {
  try {
    return parseJournal(readFileSync(file, 'utf8'));
  } catch {
    return empty;
  }
}

/** Begins a journal anew and returns it open. */
export class ChunkJournal {
  readonly #fd: number;

  constructor(file: string, plan: PullPlan, isResumed: boolean) {
    if (!isResumed) {
      rmSync(file, { force: true });
      appendFileSync(file, `${JSON.stringify(plan)}\n`, { mode: 0o600 });
    }
    this.#fd = openSync(file, 'a');
  }

  /**
   * Call it after the chunk's bytes were written. Process kills need no fsync: the kernel keeps both writes
   * in their order.
   */
  mark(index: number): void {
    writeSync(this.#fd, `${index}\n`);
  }

  end(): void {
    writeSync(this.#fd, 'end\n');
  }

  close(): void {
    closeSync(this.#fd);
  }
}
