import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { JobState } from '#contract';

/** What a local job is: written before anything starts. */
export interface LocalJob {
  readonly scriptPath: string;
  readonly workdir: string;
  readonly outPath: string;
  readonly errPath: string;
  readonly timeMinutes: number | null;
  /** List of the clients that this job lives and dies with. */
  readonly clientsFile: string;
  readonly env: Readonly<Record<string, string>>;
  readonly submittedAt: string;
}

/** A process that cannot be mistaken for a later one with its number. */
export interface ProcessName {
  readonly pid: number;
  readonly startTicks: string | null;
}

/** How a local job is; written by its supervisor alone. */
export interface LocalStatus {
  readonly state: JobState;
  readonly supervisor: ProcessName;
  readonly script: ProcessName | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly exitCode: number | null;
  readonly reason: string | null;
}

const JOB = 'job.json';
const STATUS = 'status.json';
/** Taken by the one supervisor that runs the job; says who that is. */
const LOCK = 'supervisor.lock';

function read<T>(file: string): T | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    return null;
  }
}

function write(file: string, value: object): void {
  const temporary = `${file}.new`;
  writeFileSync(temporary, JSON.stringify(value), { mode: 0o600 });
  renameSync(temporary, file);
}

/** True for the first who asks; the lock appears with its content, or not at all. */
export function takeFolder(folder: string, who: ProcessName): boolean {
  const temporary = path.join(folder, `lock-${who.pid}.new`);
  writeFileSync(temporary, JSON.stringify(who), { mode: 0o600 });
  try {
    linkSync(temporary, path.join(folder, LOCK));
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      return false;
    }
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Who took the folder; null while nobody has. */
export const readOwner = (folder: string): ProcessName | null =>
  read<ProcessName>(path.join(folder, LOCK));
export const readJob = (folder: string): LocalJob | null => read<LocalJob>(path.join(folder, JOB));
export const writeJob = (folder: string, job: LocalJob): void => write(path.join(folder, JOB), job);
export const readStatus = (folder: string): LocalStatus | null =>
  read<LocalStatus>(path.join(folder, STATUS));
export const writeStatus = (folder: string, status: LocalStatus): void =>
  write(path.join(folder, STATUS), status);
