import * as React from 'react';
import type { Job } from '../../contract/jobs.ts';
import { exactTime, formatClock } from '../../ui/time.ts';
import { useTrans } from '../../ui/translation.ts';

/** Submitted, started, ended: each with its time, or that it has not come yet. */
export function JobTimeline(props: { readonly job: Job }): React.ReactElement {
  const trans = useTrans();
  const { job } = props;
  const steps: readonly (readonly [string, string | null])[] = [
    [trans.__('Submitted'), job.submittedAt],
    [trans.__('Started'), job.startedAt],
    [trans.__('Ended'), job.endedAt]
  ];
  return (
    <ol className="jp-panosc-Timeline" aria-label={trans.__('Timeline')}>
      {steps.map(([name, at]) => (
        <li key={name} className={at === null ? undefined : 'jp-mod-reached'}>
          <span>{name}</span> <span title={exactTime(at)}>{formatClock(at)}</span>
        </li>
      ))}
    </ol>
  );
}
