import { readFileSync, renameSync, writeFileSync } from 'node:fs';
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
/** Created exclusively by the one supervisor that runs the job. */
export const LOCK = 'supervisor.lock';

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

export const readJob = (folder: string): LocalJob | null => read<LocalJob>(path.join(folder, JOB));
export const writeJob = (folder: string, job: LocalJob): void => write(path.join(folder, JOB), job);
export const readStatus = (folder: string): LocalStatus | null =>
  read<LocalStatus>(path.join(folder, STATUS));
export const writeStatus = (folder: string, status: LocalStatus): void =>
  write(path.join(folder, STATUS), status);
