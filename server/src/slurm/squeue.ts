import type { JobStatus } from '../jobs/port.ts';
import { slurmDuration, slurmTime } from './slurm.ts';
import { reasonWords, stateOf } from './states.ts';

/** Fields without free text; the reason, which may hold anything, comes last. `%F` is the array's base id. */
const FIELDS = '%F|%T|%P|%V|%S|%M|%l|%N|%r';

/** One text-format answer for these jobs of the person. */
export function squeueArgv(jobIds: readonly string[]): string[] {
  return [
    'squeue',
    '--noheader',
    '--me',
    '--states=all',
    `--jobs=${jobIds.join(',')}`,
    `--format=${FIELDS}`
  ];
}

/** Own unfinished jobs with the command that was submitted, which may hold any character and so comes last. */
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

/** Rows of `squeueArgv`; a line that is not one is left out. Of an array, the row that says most is kept. */
export function parseSqueue(stdout: string): Map<string, JobStatus> {
  const found = new Map<string, JobStatus>();
  for (const line of stdout.split('\n')) {
    const [
      jobId = '',
      rawState = '',
      partition = '',
      submitted,
      started,
      used,
      limit,
      nodes = '',
      reason = ''
    ] = splitFields(line, 9) ?? [];
    if (!/^\d+$/.test(jobId)) {
      continue;
    }
    const state = stateOf(rawState);
    const isQueued = state === 'queued';
    const before = found.get(jobId);
    if (before !== undefined && before.state !== 'queued') {
      continue;
    }
    found.set(jobId, {
      jobId,
      state,
      rawState,
      reason: state === 'running' || state === 'completed' ? null : reasonWords(reason),
      partition: partition === '' ? null : partition,
      submittedAt: slurmTime(submitted),
      startedAt: isQueued ? null : slurmTime(started),
      endedAt: null,
      elapsedSeconds: isQueued ? null : slurmDuration(used),
      timeLimitSeconds: slurmDuration(limit),
      exitCode: null,
      nodes: nodes === '' ? null : nodes,
      gpusAsked: null,
      gpusGranted: null
    });
  }
  return found;
}

/** The job whose command contains the key, from `squeueCommandsArgv`. */
export function findInCommands(stdout: string, key: string): string | null {
  for (const line of stdout.split('\n')) {
    const [jobId = '', command = ''] = splitFields(line, 2) ?? [];
    if (/^\d+$/.test(jobId) && command.includes(`/${key}/`)) {
      return jobId;
    }
  }
  return null;
}
