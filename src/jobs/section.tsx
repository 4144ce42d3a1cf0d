import type { JupyterFrontEnd } from '@jupyterlab/application';
import { addIcon, refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import '../../style/jobs.css';
import type { IFacility } from '../facility/tokens.ts';
import type { ISectionView } from '../shell/tokens.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { LiveRegion } from '../ui/live-region.tsx';
import { PagedList } from '../ui/paged-list.tsx';
import { ProblemBanner } from '../ui/problem-banner.tsx';
import { RowList } from '../ui/row.tsx';
import { useTrans } from '../ui/translation.ts';
import { useNow } from '../ui/use-now.ts';
import { useSignal } from '../ui/use-signal.ts';
import { JobRow } from './components/job-row.tsx';
import { isFinished, lookOf } from './job-states.ts';
import type { JobsModel } from './model.ts';
import { openResult } from './open-result.ts';

/** Rows show hours and minutes, and tell seconds in their tooltip: the beat of a job's tab. */
const CLOCK_MS = 5_000;

interface IProps {
  readonly model: JobsModel;
  readonly facility: IFacility;
  readonly commands: JupyterFrontEnd['commands'];
}

/** Those of other facilities are still listed where this one has switched jobs off. */
function areJobsOn(facility: IFacility): boolean {
  return facility.value?.active?.domains.includes('jobs') ?? true;
}

function JobsSection(props: IProps): React.ReactElement {
  const trans = useTrans();
  const { model, facility, commands } = props;
  const { list } = model;
  useSignal(model.changed);
  useNow(CLOCK_MS);
  React.useEffect(() => {
    void list.load();
  }, [list]);
  useSignal(facility.changed);
  const isOn = areJobsOn(facility);
  const said = list.items
    .filter(job => !isFinished(job.state))
    .map(job => `${job.name}: ${lookOf(job.state, trans).word}`)
    .join('. ');
  return (
    <>
      <ProblemBanner problem={list.problem} onRetry={() => void list.refresh()} />
      <PagedList
        list={list}
        waitingFor={trans.__('the companion')}
        empty={
          isOn ? (
            <EmptyState
              text={trans.__(
                'Jobs that you submit appear here, with why they wait and how far they are. Choose a script, say how long it may run, and submit it.'
              )}
            >
              <button
                type="button"
                className="jp-panosc-Button jp-mod-accept"
                onClick={() => void commands.execute('panosc-jobs:new')}
              >
                {trans.__('New job')}
              </button>
            </EmptyState>
          ) : (
            <EmptyState text={trans.__('Jobs are switched off at this facility.')} />
          )
        }
        more={{ label: trans.__('Show older jobs'), run: () => void list.more() }}
      >
        <RowList
          label={trans.__('Jobs')}
          items={list.items}
          keyOf={job => job.id}
          renderRow={(job, focus) => (
            <JobRow
              job={job}
              model={model}
              focus={focus}
              onOpen={() => void commands.execute('panosc-jobs:open', { id: job.id })}
              onChooseFacility={() => {
                model.forgetProblem(job.id);
                void commands.execute('panosc-facility:choose');
              }}
              onOpenResult={() => openResult(job, facility.value?.home ?? '', commands)}
            />
          )}
        />
      </PagedList>
      <LiveRegion text={said} />
    </>
  );
}

function Toolbar(props: IProps): React.ReactElement {
  const trans = useTrans();
  useSignal(props.facility.changed);
  return (
    <>
      {areJobsOn(props.facility) && (
        <IconButton
          icon={addIcon}
          label={trans.__('New job')}
          onClick={() => void props.commands.execute('panosc-jobs:new')}
        />
      )}
      <IconButton
        icon={refreshIcon}
        label={trans.__('Load jobs again')}
        onClick={() => void props.model.list.refresh()}
      />
    </>
  );
}

/** The section *Jobs* of the sidebar. */
export function createJobsSection(props: IProps): ISectionView {
  return {
    render: () => <JobsSection {...props} />,
    toolbar: () => <Toolbar {...props} />
  };
}
