import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { Job } from '../contract/jobs.ts';
import { toContentsPath } from '../shell/server-paths.ts';

/** The result's path in the file browser; null when there is none or it lies outside. */
export function resultInBrowser(job: Pick<Job, 'resultPath'>, home: string): string | null {
  return job.resultPath === null ? null : toContentsPath(job.resultPath, home);
}

/** Opens the result as Lab opens such a file (a picture as a picture); one that lies elsewhere is shown in the job's tab. */
export function openResult(
  job: Pick<Job, 'id' | 'resultPath'>,
  home: string,
  commands: JupyterFrontEnd['commands']
): void {
  const path = resultInBrowser(job, home);
  void (path === null
    ? commands.execute('panosc-jobs:open', { id: job.id })
    : commands.execute('docmanager:open', { path }));
}
