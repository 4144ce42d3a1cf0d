import type { JobSubmission } from '../jobs/port.ts';

/** `%` begins a pattern in sbatch's file names. */
const literal = (file: string): string => file.replaceAll('%', '%%');

/**
 * Submits the script. Paths go as arguments, where nothing needs quoting; everything else stands in the script.
 * The script's path holds the operation's id: that is how a job is found again.
 */
export function sbatchArgv(job: JobSubmission): string[] {
  return [
    'sbatch',
    '--parsable',
    `--chdir=${job.workdir}`,
    `--output=${literal(job.logPath)}`,
    `--error=${literal(job.logPath.replace(/\.out$/, '.err'))}`,
    // Tasks of an array and a job that is requeued add to the log instead of wiping it.
    '--open-mode=append',
    // sbatch reads #PBS and #BSUB in the whole file, also behind commands, and puts them above #SBATCH.
    '--ignore-pbs',
    job.scriptPath
  ];
}

/** `1234` or `1234;cluster`. */
export function parseSbatch(stdout: string): string | null {
  return /^(\d+)(?:;[\w.-]+)?\s*$/.exec(stdout)?.[1] ?? null;
}
