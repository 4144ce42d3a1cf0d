import { PathExt } from '@jupyterlab/coreutils';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import * as React from 'react';
import type { Job } from '../../contract/jobs.ts';
import { toContentsPath } from '../../shell/server-paths.ts';
import { CopyAs } from '../../ui/copy-as.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { useTrans } from '../../ui/translation.ts';
import { isFinished } from '../job-states.ts';
import type { JobsModel } from '../model.ts';
import { openResult, resultInBrowser } from '../open-result.ts';

/** One button that first cancels and then takes it back, so that the focus stays where it was. */
function CancelButton(props: { readonly job: Job; readonly model: JobsModel }): React.ReactElement {
  const trans = useTrans();
  const { job, model } = props;
  const isWaiting = model.cancelling.isWaiting(job.id);
  const isSent = model.cancelling.isSent(job.id);
  return (
    <>
      <button
        type="button"
        className="jp-panosc-Button"
        disabled={isSent}
        onClick={() => (isWaiting ? model.cancelling.undo(job.id) : model.cancelling.start(job.id))}
      >
        {isWaiting ? trans.__('Undo') : trans.__('Cancel')}
      </button>
      <span role="status" className="jp-panosc-JobActions-note">
        {isWaiting
          ? trans.__('It will be cancelled in five seconds.')
          : isSent
            ? trans.__('Asking the scheduler to cancel it…')
            : ''}
      </span>
    </>
  );
}

/** What can be done with a job. */
export function JobActions(props: {
  readonly job: Job;
  readonly model: JobsModel;
  readonly home: string;
  /** Its cluster has a batch system. */
  readonly isBatch: boolean;
  readonly commands: JupyterFrontEnd['commands'];
}): React.ReactElement {
  const trans = useTrans();
  const { job, model, home, commands } = props;
  const folder = toContentsPath(job.workdir, home);
  const isOutside = job.resultPath !== null && resultInBrowser(job, home) === null;
  return (
    <>
      <div className="jp-panosc-Buttons jp-panosc-JobActions">
        {job.resultPath !== null && !isOutside && (
          <button
            type="button"
            className="jp-panosc-Button jp-mod-accept"
            onClick={() => openResult(job, home, commands)}
          >
            {trans.__('Open result')}
          </button>
        )}
        <button
          type="button"
          className="jp-panosc-Button"
          onClick={() => void commands.execute('panosc-jobs:new', { from: job.id })}
        >
          {trans.__('Resubmit with changes')}
        </button>
        {folder !== null && (
          <button
            type="button"
            className="jp-panosc-Button"
            onClick={() => void commands.execute('filebrowser:open-path', { path: folder })}
          >
            {trans.__('Open folder')}
          </button>
        )}
        <CopyAs
          commands={code =>
            code.jobCommands(job, { isBatch: props.isBatch, isFinished: isFinished(job.state) })
          }
        />
        {isFinished(job.state) ? (
          <button
            type="button"
            className="jp-panosc-Button"
            onClick={() => void model.remove(job.id)}
          >
            {trans.__('Remove from the list')}
          </button>
        ) : (
          <CancelButton job={job} model={model} />
        )}
      </div>
      {isOutside && (
        <p>
          {trans.__(
            'The result %1 lies outside of the folder that JupyterLab shows. Copy its path:',
            PathExt.basename(job.resultPath ?? '')
          )}{' '}
          <CopyButton label={trans.__('Copy path')} text={job.resultPath ?? ''} />
        </p>
      )}
    </>
  );
}
