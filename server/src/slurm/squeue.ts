import type { JobStatus } from '../jobs/port.ts';
import { exitCodeOfWait, slurmDuration, slurmNumber, slurmTime } from './slurm.ts';
import { mergeTasks, reasonWords, stateOf } from './states.ts';
import { gpusOfTres, gpuWords } from './tres.ts';

/**
 * Fields that hold no free text, then the reason, which may hold anything and so comes last.
 * `field:|` is squeue's "no width, this suffix" (squeue(1), --Format): nothing is cut.
 */
const FIELDS = [
  'ArrayJobID',
  'State',
  'Partition',
  'SubmitTime',
  'StartTime',
  'EndTime',
  'TimeUsed',
  'TimeLimit',
  'NodeList',
  'exit_code',
  'tres-alloc',
  'Reason'
] as const;

/** One text-format answer for these jobs of the person. */
export function squeueArgv(jobIds: readonly string[]): string[] {
  return [
    'squeue',
    '--noheader',
    '--me',
    '--states=all',
    `--jobs=${jobIds.join(',')}`,
    `--Format=${FIELDS.map(field => `${field}:|`).join(',')}`
  ];
}

/** All jobs of the person that are in memory, with the command that was submitted, which comes last. */
export function squeueCommandsArgv(): string[] {
  return ['squeue', '--noheader', '--me', '--states=all', '--format=%F|%o'];
}

/** Splits at the first bars only, so that the last field may hold bars. */
export function splitFields(line: string, count: number): string[] | null {
  const fields = line.split('|');
  return fields.length < count
    ? null
    : [...fields.slice(0, count - 1), fields.slice(count - 1).join('|')];
}

const nothing = new Set(['', 'N/A', '(null)', 'None assigned']);
const orNull = (text: string): string | null => (nothing.has(text) ? null : text);

function parseRow(fields: readonly string[]): JobStatus {
  const [jobId = '', rawState = '', partition = '', submitted, started, ended] = fields;
  const [used, limit, nodes = '', exitCode, tres = '', reason = ''] = fields.slice(6);
  const state = stateOf(rawState);
  const isOpen = state === 'queued' || state === 'running' || state === 'completing';
  // The start of a waiting job is a guess, and its resources are a wish.
  const hasStarted = state !== 'queued' && slurmTime(started) !== null;
  const gpus = gpuWords(gpusOfTres(tres));
  return {
    jobId,
    state,
    rawState,
    reason:
      state === 'running' || state === 'completed' ? null : reasonWords(reason.replace(/\|$/, '')),
    partition: orNull(partition),
    submittedAt: slurmTime(submitted),
    startedAt: hasStarted ? slurmTime(started) : null,
    endedAt: isOpen ? null : slurmTime(ended),
    elapsedSeconds: hasStarted ? slurmDuration(used) : null,
    timeLimitSeconds: slurmDuration(limit),
    exitCode: isOpen ? null : exitCodeOfWait(slurmNumber(exitCode)),
    nodes: orNull(nodes),
    gpusAsked: hasStarted ? null : gpus,
    gpusGranted: hasStarted ? gpus : null
  };
}

/** Rows of `squeueArgv`; a line that is not one is left out. Tasks of an array become one job. */
export function parseSqueue(stdout: string): Map<string, JobStatus> {
  const found = new Map<string, JobStatus>();
  for (const line of stdout.split('\n')) {
    const fields = splitFields(line, FIELDS.length);
    if (fields !== null && /^\d+$/.test(fields[0] ?? '')) {
      const row = parseRow(fields);
      found.set(row.jobId, mergeTasks(found.get(row.jobId), row));
    }
  }
  return found;
}

/** The job whose command is the key's script, from `squeueCommandsArgv`. */
export function findInCommands(stdout: string, key: string): string | null {
  for (const line of stdout.split('\n')) {
    const [jobId = '', command = ''] = splitFields(line, 2) ?? [];
    if (/^\d+$/.test(jobId) && command.includes(`/${key}/`)) {
      return jobId;
    }
  }
  return null;
}
