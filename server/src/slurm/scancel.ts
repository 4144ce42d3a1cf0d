export function scancelArgv(jobId: string): string[] {
  return ['scancel', jobId];
}

/** The job has ended, or was never there: nothing is left to cancel. */
export function isAlreadyGone(stderr: string): boolean {
  return /Invalid job id|already completing or completed/i.test(stderr);
}
