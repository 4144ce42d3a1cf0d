import type { JobStatus } from '../jobs/port.ts';
import { slurmNumber, slurmTime } from './slurm.ts';
import { splitFields } from './squeue.ts';
import { reasonWords, stateOf } from './states.ts';
import { gpusOfTres, gpuWords } from './tres.ts';

const FIELDS =
  'JobIDRaw,State,ExitCode,Submit,Start,End,ElapsedRaw,TimelimitRaw,Partition,NodeList,ReqTRES,AllocTRES,Reason';

/** Records of these jobs, without their steps. */
export function sacctArgv(jobIds: readonly string[]): string[] {
  return [
    'sacct',
    '--parsable2',
    '--noheader',
    '--allocations',
    `--jobs=${jobIds.join(',')}`,
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
    '--format=JobIDRaw,SubmitLine'
  ];
}

/** `0:0` or `1:9` (exit code : signal): a signal counts as 128 + its number, as shells do. */
function exitCodeOf(text: string): number | null {
  const match = /^(\d+):(\d+)$/.exec(text);
  if (match === null) {
    return null;
  }
  const [code, signal] = [Number(match[1]), Number(match[2])];
  return code === 0 && signal > 0 ? 128 + signal : code;
}

/** Rows of `sacctArgv`; of a requeued job the last record counts. */
export function parseSacct(stdout: string): Map<string, JobStatus> {
  const found = new Map<string, JobStatus>();
  for (const line of stdout.split('\n')) {
    const fields = splitFields(line, 13);
    const [
      jobId = '',
      rawState = '',
      exit = '',
      submit,
      start,
      end,
      elapsed,
      limit,
      partition = '',
      nodes = ''
    ] = fields ?? [];
    const [reqTres = '', allocTres = '', reason = ''] = fields?.slice(10) ?? [];
    if (!/^\d+$/.test(jobId)) {
      continue;
    }
    const limitMinutes = slurmNumber(limit);
    found.set(jobId, {
      jobId,
      state: stateOf(rawState),
      rawState,
      reason: reasonWords(reason),
      partition: partition === '' ? null : partition,
      submittedAt: slurmTime(submit),
      startedAt: slurmTime(start),
      endedAt: slurmTime(end),
      elapsedSeconds: slurmNumber(elapsed),
      timeLimitSeconds: limitMinutes === null ? null : limitMinutes * 60,
      exitCode: exitCodeOf(exit),
      nodes: nodes === '' || nodes === 'None assigned' ? null : nodes,
      gpusAsked: gpuWords(gpusOfTres(reqTres)),
      gpusGranted: gpuWords(gpusOfTres(allocTres))
    });
  }
  return found;
}

/** The job whose submit line contains the key. */
export function findInSubmitLines(stdout: string, key: string): string | null {
  for (const line of stdout.split('\n')) {
    const [jobId = '', submitLine = ''] = splitFields(line, 2) ?? [];
    if (/^\d+$/.test(jobId) && submitLine.includes(`/${key}/`)) {
      return jobId;
    }
  }
  return null;
}
