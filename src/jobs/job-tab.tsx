import type { JupyterFrontEnd } from '@jupyterlab/application';
import * as React from 'react';
import '../../style/jobs.css';
import { isAbort } from '../companion/problem-error.ts';
import type { ICompanion } from '../companion/tokens.ts';
import type { Job, JobDetail } from '../contract/jobs.ts';
import type { Problem } from '../contract/problem.ts';
import type { IFacility } from '../facility/tokens.ts';
import { shortPath } from '../shell/server-paths.ts';
import { Breakable } from '../ui/breakable.tsx';
import { UNKNOWN } from '../ui/bytes.ts';
import { LiveRegion } from '../ui/live-region.tsx';
import { ProblemBanner } from '../ui/problem-banner.tsx';
import { said } from '../ui/said.ts';
import { useTrans } from '../ui/translation.ts';
import { useNow } from '../ui/use-now.ts';
import { useSignal } from '../ui/use-signal.ts';
import { Waiting } from '../ui/waiting.tsx';
import { JobActions } from './components/job-actions.tsx';
import { JobLogView } from './components/job-log.tsx';
import { JobTimeline } from './components/job-timeline.tsx';
import { StateBadge } from './components/state-badge.tsx';
import { adviceFor, isFinished, lookOf } from './job-states.ts';
import { asSentence, gpuText, isGrantDifferent, shareOfTime, timeSentence } from './job-words.ts';
import type { JobsModel } from './model.ts';

const CLOCK_MS = 5_000;

interface IProps {
  readonly id: string;
  readonly companion: ICompanion;
  readonly model: JobsModel;
  readonly facility: IFacility;
  readonly commands: JupyterFrontEnd['commands'];
}

function Facts(props: IProps & { readonly job: Job }): React.ReactElement {
  const trans = useTrans();
  const { job, facility, commands } = props;
  const { image } = job;
  const home = facility.value?.home ?? '';
  const asked = job.gpus.asked === null ? null : gpuText(job.gpus.asked);
  const granted = job.gpus.granted === null ? null : gpuText(job.gpus.granted);
  return (
    <dl className="jp-panosc-Facts">
      <dt>{trans.__('Where')}</dt>
      <dd>
        {[job.clusterTitle, job.partition, job.nodes].filter(part => part !== null).join(' · ')}
        {job.jobId === null ? '' : ` · ${trans.__('job %1', job.jobId)}`}
      </dd>
      <dt>{trans.__('GPU')}</dt>
      <dd>
        {asked === null && granted === null
          ? trans.__('none asked for')
          : trans.__('asked for %1, granted %2', asked ?? UNKNOWN, granted ?? UNKNOWN)}
        {isGrantDifferent(job) && <strong> {trans.__('(not what was asked for)')}</strong>}
      </dd>
      <dt>{trans.__('Image')}</dt>
      <dd>
        {image === null ? (
          trans.__('none')
        ) : (
          <button
            type="button"
            className="jp-panosc-Button jp-panosc-LinkButton"
            onClick={() => void commands.execute('panosc-images:open', { ref: image })}
          >
            <Breakable path={image} />
          </button>
        )}
        {job.ranWithoutImage && (
          <strong className="jp-panosc-WithoutImage">
            {isFinished(job.state)
              ? trans.__('It ran WITHOUT the image, as this facility profile allows.')
              : trans.__('It runs WITHOUT the image, as this facility profile allows.')}
          </strong>
        )}
      </dd>
      <dt>{trans.__('Folder')}</dt>
      <dd title={job.workdir}>{shortPath(job.workdir, home)}</dd>
      <dt>{trans.__('Log file')}</dt>
      <dd title={job.logPath ?? undefined}>
        {job.logPath === null ? UNKNOWN : shortPath(job.logPath, home)}
      </dd>
    </dl>
  );
}

function StateLine(props: { readonly job: Job; readonly model: JobsModel }): React.ReactElement {
  const trans = useTrans();
  const { job, model } = props;
  useNow(CLOCK_MS);
  const elapsed = model.elapsedSeconds(job);
  const advice = adviceFor(job, trans);
  return (
    <div className="jp-panosc-StateLine">
      <p>
        <StateBadge state={job.state} rawState={job.rawState} share={shareOfTime(job, elapsed)} />{' '}
        <span>{timeSentence(job, elapsed, trans)}</span>
      </p>
      {job.reason !== null && <p>{asSentence(said(job.reason, trans))}</p>}
      {advice !== null && <p>{advice}</p>}
    </div>
  );
}

function Loaded(
  props: IProps & { readonly job: Job; readonly script: string }
): React.ReactElement {
  const trans = useTrans();
  const { job, model, facility, commands } = props;
  const cluster = facility.value?.active?.clusters.find(({ id }) => id === job.cluster);
  const chooseFacility = (): void => {
    model.forgetProblem(job.id);
    void commands.execute('panosc-facility:choose');
  };
  return (
    <div className="jp-panosc-Job">
      <h1>{job.name}</h1>
      <StateLine job={job} model={model} />
      <ProblemBanner problem={job.problem} onChooseFacility={chooseFacility} />
      <ProblemBanner
        problem={model.problemOf(job.id)}
        onRetry={() =>
          isFinished(job.state) ? void model.remove(job.id) : model.cancelling.start(job.id)
        }
        onChooseFacility={chooseFacility}
        onDismiss={() => model.forgetProblem(job.id)}
      />
      <JobActions
        job={job}
        model={model}
        home={facility.value?.home ?? ''}
        isBatch={cluster?.features.batch === true}
        commands={commands}
      />
      <JobTimeline job={job} />
      <Facts {...props} />
      {props.script !== '' && (
        <details className="jp-panosc-Details">
          <summary>{trans.__('Script')}</summary>
          <pre>{props.script}</pre>
        </details>
      )}
      <JobLogView companion={props.companion} jobId={job.id} hasFailed={job.state === 'failed'} />
      <LiveRegion text={`${job.name}: ${lookOf(job.state, trans).word}`} />
    </div>
  );
}

function JobTab(props: IProps): React.ReactElement {
  const trans = useTrans();
  const { id, companion, model, facility } = props;
  const [script, setScript] = React.useState('');
  const [problem, setProblem] = React.useState<Problem | null>(null);
  const [attempt, setAttempt] = React.useState(0);
  const [hasLoaded, setHasLoaded] = React.useState(false);
  useSignal(model.changed);
  useSignal(facility.changed);
  React.useEffect(() => {
    const asking = new AbortController();
    void model.list.load();
    void facility.load();
    companion.get<JobDetail>(`jobs/${encodeURIComponent(id)}`, {}, asking.signal).then(
      detail => {
        setProblem(null);
        setScript(detail.script);
        setHasLoaded(true);
        model.list.put(detail);
      },
      (error: unknown) => {
        if (!isAbort(error)) {
          setProblem(companion.problemOf(error));
        }
      }
    );
    return () => asking.abort();
  }, [companion, model, facility, id, attempt]);
  const job = model.list.get(id);
  if (job === undefined) {
    return (
      <div className="jp-panosc-Job">
        <ProblemBanner problem={problem} onRetry={() => setAttempt(attempt + 1)} />
        {problem === null && hasLoaded && (
          <p>
            {trans.__('This job is no longer in the list. Its files are still where they were.')}
          </p>
        )}
        {problem === null && !hasLoaded && <Waiting what={trans.__('the companion')} rows={6} />}
      </div>
    );
  }
  return <Loaded {...props} job={job} script={script} />;
}

/** The content of a job's tab. */
export function createJobTab(props: IProps): React.ReactElement {
  return <JobTab {...props} />;
}
