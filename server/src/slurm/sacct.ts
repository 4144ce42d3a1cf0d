import type { JobStatus } from '../jobs/port.ts';
import { slurmNumber, slurmTime } from './slurm.ts';
import { splitFields } from './squeue.ts';
import { mergeTasks, reasonWords, stateOf } from './states.ts';
import { gpusOfTres, gpuWords } from './tres.ts';

/** `JobID` and not `JobIDRaw`: tasks of an array carry the array's number (`12_3`). Free text comes last. */
const FIELDS =
  'JobID,State,ExitCode,Submit,Start,End,ElapsedRaw,TimelimitRaw,Partition,NodeList,ReqTRES,AllocTRES,Reason';
const COUNT = 13;

/** Records of these jobs, without their steps. */
export function sacctArgv(jobIds: readonly string[], uid: number): string[] {
  return [
    'sacct',
    '--parsable2',
    '--noheader',
    '--allocations',
    `--jobs=${jobIds.join(',')}`,
    // With job numbers given, sacct would tell of everybody's.
    `--uid=${uid}`,
    `--format=${FIELDS}`
  ];
}

/** Submit lines of the person's jobs since a time (UTC, `2026-11-24T09:00:00`). */
export function sacctSubmitLinesArgv(since: string): string[] {
  return [
    'sacct',
    '--parsable2',
    '--noheader',
    '--allocations',
    `--starttime=${since}`,
    '--format=JobID,SubmitLine'
  ];
}

/** The cluster keeps no records, so that a job that squeue has forgotten is forgotten. */
export function isAccountingOff(stderr: string): boolean {
  return /accounting storage is disabled/i.test(stderr);
}

/** `12`, `12_3`, `12_[4-9%2]`: the number that a person knows. */
const baseId = (jobId: string): string | null => /^(\d+)(?:_|$)/.exec(jobId)?.[1] ?? null;

/** `0:0` or `1:9` (exit code : signal): a signal counts as 128 + its number, as shells do. */
function exitCodeOf(text: string): number | null {
  const match = /^(\d{1,9}):(\d{1,9})$/.exec(text);
  if (match === null) {
    return null;
  }
  const [code, signal] = [Number(match[1]), Number(match[2])];
  return code === 0 && signal > 0 ? 128 + signal : code;
}

function parseRow(jobId: string, fields: readonly string[]): JobStatus {
  const [, rawState = '', exit = '', submit, start, end, elapsed, limit] = fields;
  const [partition = '', nodes = '', reqTres = '', allocTres = '', reason = ''] = fields.slice(8);
  const state = stateOf(rawState);
  const limitMinutes = slurmNumber(limit);
  const startedAt = state === 'queued' ? null : slurmTime(start);
  return {
    jobId,
    state,
    rawState,
    reason: reasonWords(reason),
    partition: partition === '' ? null : partition,
    submittedAt: slurmTime(submit),
    startedAt,
    endedAt: slurmTime(end),
    elapsedSeconds: startedAt === null ? null : slurmNumber(elapsed),
    timeLimitSeconds: limitMinutes === null ? null : limitMinutes * 60,
    exitCode: state === 'queued' || state === 'running' ? null : exitCodeOf(exit),
    nodes: nodes === '' || nodes === 'None assigned' ? null : nodes,
    gpusAsked: gpuWords(gpusOfTres(reqTres)),
    gpusGranted: startedAt === null ? null : gpuWords(gpusOfTres(allocTres))
  };
}

/** Rows of `sacctArgv`. Tasks of an array become one job. */
export function parseSacct(stdout: string): Map<string, JobStatus> {
  const found = new Map<string, JobStatus>();
  for (const line of stdout.split('\n')) {
    const fields = splitFields(line, COUNT);
    const jobId = baseId(fields?.[0] ?? '');
    if (fields !== null && jobId !== null) {
      found.set(jobId, mergeTasks(found.get(jobId), parseRow(jobId, fields)));
    }
  }
  return found;
}

/** The job whose submit line holds the key's script. */
export function findInSubmitLines(stdout: string, key: string): string | null {
  for (const line of stdout.split('\n')) {
    const [id = '', submitLine = ''] = splitFields(line, 2) ?? [];
    const jobId = baseId(id);
    if (jobId !== null && submitLine.includes(`/${key}/`)) {
      return jobId;
    }
  }
  return null;
}
