import {
  closeSync,
  constants,
  ftruncateSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync
} from 'node:fs';
import { errorCode } from '../../core/error-code.ts';
import { diskProblem } from './failure-problem.ts';

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
  /** The whole file was complete and checked; only the final name may be missing. */
  readonly isEnded: boolean;
  /** Length of what can be trusted: the plan and the marks. Whoever goes on writes from there. */
  readonly usableBytes: number;
}

const empty: JournalContent = { plan: null, done: new Set(), isEnded: false, usableBytes: 0 };

/** Number of chunks of a file. */
export function chunkCount({ sizeBytes, chunkBytes }: PullPlan): number {
  return Math.ceil(sizeBytes / chunkBytes);
}

/** Length of one chunk; only the last one may be shorter. */
export function chunkLength({ sizeBytes, chunkBytes }: PullPlan, index: number): number {
  return Math.min(chunkBytes, sizeBytes - index * chunkBytes);
}

/** Bytes of the finished chunks. */
export function keptBytes({ done, plan }: Pick<JournalContent, 'done' | 'plan'>): number {
  return plan === null ? 0 : [...done].reduce((sum, index) => sum + chunkLength(plan, index), 0);
}

function parsePlan(line: string): PullPlan | null {
  try {
    const plan = JSON.parse(line) as PullPlan | null;
    return plan !== null &&
      typeof plan.url === 'string' &&
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
 * A last line without its newline was torn and does not count; nor does anything after a line
 * that cannot be read.
 */
export function parseJournal(text: string): JournalContent {
  const [first = '', ...lines] = text.split('\n').slice(0, -1);
  const plan = parsePlan(first);
  if (plan === null) {
    return empty;
  }
  const done = new Set<number>();
  const count = chunkCount(plan);
  let usableBytes = Buffer.byteLength(first) + 1;
  for (const line of lines) {
    if (line === 'end') {
      return { plan, done, isEnded: done.size === count, usableBytes };
    }
    const index = /^(0|[1-9]\d{0,14})$/.test(line) ? Number(line) : -1;
    if (index < 0 || index >= count) {
      break;
    }
    done.add(index);
    usableBytes += line.length + 1;
  }
  return { plan, done, isEnded: false, usableBytes };
}

export function readJournal(file: string): JournalContent {
  try {
    return parseJournal(readFileSync(file, 'utf8'));
  } catch {
    return empty;
  }
}

/** A journal that is open for writing. */
export class ChunkJournal {
  readonly #file: string;
  readonly #fd: number;

  /** Goes on behind the first `keepBytes` of the journal, or begins anew when these are 0. */
  constructor(file: string, plan: PullPlan, keepBytes: number) {
    this.#file = file;
    try {
      if (keepBytes === 0) {
        rmSync(file, { force: true });
      }
      this.#fd = openSync(
        file,
        constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW,
        0o600
      );
      // A torn last line would run together with the next mark and name another chunk.
      ftruncateSync(this.#fd, keepBytes);
    } catch (error) {
      throw diskProblem(errorCode(error), file);
    }
    if (keepBytes === 0) {
      this.#write(JSON.stringify(plan));
    }
  }

  /**
   * Call it after the chunk's bytes were written. Process kills need no fsync: the kernel keeps both writes
   * in their order.
   */
  mark(index: number): void {
    this.#write(String(index));
  }

  end(): void {
    this.#write('end');
  }

  close(): void {
    closeSync(this.#fd);
  }

  #write(line: string): void {
    try {
      const bytes = Buffer.from(`${line}\n`);
      for (let done = 0; done < bytes.length;) {
        done += writeSync(this.#fd, bytes, done);
      }
    } catch (error) {
      throw diskProblem(errorCode(error), this.#file);
    }
  }
}
