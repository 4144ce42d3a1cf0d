import { stopIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Job } from '../../contract/jobs.ts';
import { Row, type IRowFocus, type IVerb } from '../../ui/row.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { formatDuration } from '../../ui/time.ts';
import { said } from '../../ui/said.ts';
import { useTrans } from '../../ui/translation.ts';
import { wantsFacility } from '../../ui/wants-facility.ts';
import { isFinished } from '../job-states.ts';
import { gpuLine, shareOfTime, timeSentence, timeText } from '../job-words.ts';
import type { JobsModel } from '../model.ts';
import { StateBadge } from './state-badge.tsx';

function withoutImageText(job: Job, trans: TranslationBundle): string | null {
  if (!job.ranWithoutImage) {
    return null;
  }
  return isFinished(job.state)
    ? trans.__('ran without the image')
    : trans.__('runs without the image');
}

interface IProps {
  readonly job: Job;
  readonly model: JobsModel;
  readonly focus: IRowFocus;
  readonly onOpen: () => void;
  readonly onOpenResult: () => void;
  readonly onChooseFacility: () => void;
}

function verbOf(props: IProps, trans: TranslationBundle): IVerb {
  const { job, model } = props;
  if (model.cancelling.isWaiting(job.id)) {
    return { label: trans.__('Undo'), run: () => model.cancelling.undo(job.id), isUrgent: true };
  }
  if (wantsFacility(model.problemOf(job.id) ?? job.problem)) {
    return { label: trans.__('Choose facility'), run: props.onChooseFacility, isUrgent: true };
  }
  return job.resultPath === null
    ? { label: trans.__('Open'), run: props.onOpen }
    : { label: trans.__('Open result'), run: props.onOpenResult };
}

/** One job in the sidebar. */
export function JobRow(props: IProps): React.ReactElement {
  const trans = useTrans();
  const { job, model } = props;
  const elapsed = model.elapsedSeconds(job);
  const isEnded = isFinished(job.state);
  const isWaiting = model.cancelling.isWaiting(job.id);
  const canCancel = !isEnded && !isWaiting && !model.cancelling.isSent(job.id);
  const trouble = model.problemOf(job.id)?.detail ?? job.problem?.detail ?? job.reason;
  const gpus = gpuLine(job.gpus, trans);
  const second = isWaiting
    ? trans.__('will be cancelled in a moment')
    : model.cancelling.isSent(job.id)
      ? trans.__('asking the scheduler to cancel it')
      : [said(trouble, trans), isEnded ? null : gpus, withoutImageText(job, trans)]
          .filter(text => text != null && text !== '')
          .join(' · ');
  return (
    <Row
      focus={props.focus}
      title={job.name}
      tooltip={trans.__('%1 on %2', job.name, job.clusterTitle)}
      aside={
        <span className="jp-panosc-JobAside">
          {canCancel && (
            <IconButton
              icon={stopIcon}
              label={trans.__('Cancel %1', job.name)}
              tabIndex={props.focus.tabIndex}
              onClick={() => model.cancelling.start(job.id)}
            />
          )}
          <StateBadge state={job.state} rawState={job.rawState} share={shareOfTime(job, elapsed)} />
          <span title={timeSentence(job, elapsed, trans)}>
            {isEnded ? formatDuration(job.elapsedSeconds, trans) : timeText(job, elapsed)}
          </span>
        </span>
      }
      second={
        second === '' ? (
          trans.__('on %1', job.clusterTitle)
        ) : (
          <span className="jp-panosc-JobReason" title={second}>
            {second}
          </span>
        )
      }
      verb={verbOf(props, trans)}
      onOpen={props.onOpen}
      onRemove={
        canCancel
          ? () => model.cancelling.start(job.id)
          : isEnded
            ? () => void model.remove(job.id)
            : undefined
      }
    />
  );
}
