import type { TranslationBundle } from '@jupyterlab/translation';
import {
  checkIcon,
  circleEmptyIcon,
  closeIcon,
  errorIcon,
  historyIcon,
  infoIcon,
  runIcon,
  stopIcon,
  type LabIcon
} from '@jupyterlab/ui-components';
import type { Job, JobState } from '../contract/jobs.ts';

/** How a state is shown: the word says it, icon and tone only repeat it. */
export interface IStateLook {
  readonly word: string;
  readonly icon: LabIcon;
  readonly tone: 'quiet' | 'active' | 'good' | 'bad' | 'attention';
}

/** True when nothing will change any more. */
export function isFinished(state: JobState): boolean {
  switch (state) {
    case 'submitting':
    case 'queued':
    case 'running':
    case 'completing':
    case 'unknown':
      return false;
    case 'completed':
    case 'failed':
    case 'timeout':
    case 'out-of-memory':
    case 'node-failed':
    case 'cancelled':
    case 'interrupted':
    case 'refused':
      return true;
  }
}

/** The state in words a scientist uses. */
export function lookOf(state: JobState, trans: TranslationBundle): IStateLook {
  switch (state) {
    case 'submitting':
      return { word: trans.__('being submitted'), icon: circleEmptyIcon, tone: 'quiet' };
    case 'queued':
      return { word: trans.__('waiting'), icon: historyIcon, tone: 'quiet' };
    case 'running':
      return { word: trans.__('running'), icon: runIcon, tone: 'active' };
    case 'completing':
      return { word: trans.__('finishing'), icon: runIcon, tone: 'active' };
    case 'completed':
      return { word: trans.__('completed'), icon: checkIcon, tone: 'good' };
    case 'failed':
      return { word: trans.__('failed'), icon: errorIcon, tone: 'bad' };
    case 'timeout':
      return { word: trans.__('out of time'), icon: errorIcon, tone: 'bad' };
    case 'out-of-memory':
      return { word: trans.__('out of memory'), icon: errorIcon, tone: 'bad' };
    case 'node-failed':
      return { word: trans.__('node failed'), icon: errorIcon, tone: 'bad' };
    case 'cancelled':
      return { word: trans.__('cancelled'), icon: stopIcon, tone: 'quiet' };
    case 'interrupted':
      return { word: trans.__('interrupted'), icon: stopIcon, tone: 'attention' };
    case 'refused':
      return { word: trans.__('refused'), icon: closeIcon, tone: 'bad' };
    case 'unknown':
      return { word: trans.__('not known'), icon: infoIcon, tone: 'attention' };
  }
}

/** What happened, for a scheduler that gave no reason. */
function happened(state: JobState, trans: TranslationBundle): string | null {
  switch (state) {
    case 'timeout':
      return trans.__('It was ended at its time limit.');
    case 'out-of-memory':
      return trans.__('It needed more memory than it had asked for.');
    case 'node-failed':
      return trans.__('The machine it ran on failed.');
    case 'interrupted':
      return trans.__('It ended together with the Jupyter server that it ran on.');
    default:
      return null;
  }
}

function whatToDo(
  { state, exitCode }: Pick<Job, 'state' | 'exitCode'>,
  trans: TranslationBundle
): string | null {
  switch (state) {
    case 'failed':
      return exitCode === null
        ? trans.__('The log below says how far it came.')
        : trans.__('It ended with code %1. The last lines of the log usually say why.', exitCode);
    case 'timeout':
      return trans.__('Resubmit with more time, or let it save its work on the way.');
    case 'out-of-memory':
      return trans.__('Resubmit with more memory.');
    case 'node-failed':
      return trans.__('That is not your fault. Resubmit it.');
    case 'interrupted':
      return trans.__('Resubmit it to run it again.');
    case 'refused':
      return trans.__('Change what the scheduler did not accept, then submit again.');
    case 'unknown':
      return trans.__('The scheduler does not say at present. It is asked again by itself.');
    case 'submitting':
    case 'queued':
    case 'running':
    case 'completing':
    case 'completed':
    case 'cancelled':
      return null;
  }
}

/** What to do now, after what happened where no reason says that already; null where nothing needs doing. */
export function adviceFor(
  job: Pick<Job, 'state' | 'exitCode' | 'reason'>,
  trans: TranslationBundle
): string | null {
  const said = [job.reason === null ? happened(job.state, trans) : null, whatToDo(job, trans)];
  const text = said.filter(part => part !== null).join(' ');
  return text === '' ? null : text;
}
