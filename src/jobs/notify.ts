import { Notification } from '@jupyterlab/apputils';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Job } from '../contract/jobs.ts';
import { said } from '../ui/said.ts';
import { lookOf } from './job-states.ts';
import { asSentence } from './job-words.ts';
import { openResult } from './open-result.ts';

/** Says that a job has ended, with the button that helps. */
export function notifyOfJob(
  job: Job,
  home: string,
  commands: JupyterFrontEnd['commands'],
  trans: TranslationBundle
): void {
  const isGood = job.state === 'completed' && job.problem === null;
  const { word } = lookOf(job.state, trans);
  const why = said(job.problem?.detail, trans) ?? asSentence(said(job.reason, trans));
  const sentence = isGood
    ? trans.__('Job %1 is completed.', job.name)
    : trans.__('Job %1: %2. %3', job.name, word, why ?? '').trim();
  Notification.emit(sentence, isGood ? 'success' : 'error', {
    // Row and tab keep what is wrong: nothing needs to stay in front of what one works on.
    autoClose: isGood ? 8_000 : 12_000,
    actions: [
      ...(job.resultPath === null
        ? []
        : [
            {
              label: trans.__('Open result'),
              callback: () => openResult(job, home, commands)
            }
          ]),
      {
        label: trans.__('Show'),
        callback: () => void commands.execute('panosc-jobs:open', { id: job.id })
      }
    ]
  });
}
