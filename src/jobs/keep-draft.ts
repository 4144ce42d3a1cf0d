import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { ITabKeeper } from '../shell/tokens.ts';
import { writeDraft } from './draft.ts';
import type { NewJobModel } from './new-job-model.ts';

const PAUSE_MS = 300;

async function mayThrowAway(draft: NewJobModel, trans: TranslationBundle): Promise<boolean> {
  if (!draft.isTouched || draft.submitted !== null) {
    return true;
  }
  const name = draft.form.name.trim();
  const { button } = await showDialog({
    title: trans.__('Close without submitting?'),
    body: trans.__(
      'What you wrote for %1 has not been submitted and is lost when its tab is closed.',
      name === '' ? trans.__('the new job') : `"${name}"`
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Keep editing') }),
      Dialog.warnButton({ label: trans.__('Close') })
    ],
    // Enter must not throw anything away.
    defaultButton: 0
  });
  return button.accept;
}

/**
 * Keeps what stands in a form for the next page load, the folder too, until it was submitted; and asks before what a
 * person wrote is thrown away. `args` is what the tab is opened with where there is no draft.
 */
export function keepDraft(
  draft: NewJobModel,
  args: ReadonlyPartialJSONObject,
  keeper: ITabKeeper,
  trans: TranslationBundle
): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let kept: unknown = null;
  const keep = (): void => {
    const now = draft.submitted === null ? draft.form : null;
    if (now !== kept) {
      kept = now;
      keeper.remember(now === null ? args : { ...args, draft: writeDraft(draft) });
    }
  };
  keep();
  draft.changed.connect(() => {
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE_MS);
  });
  keeper.askBeforeClose(() => mayThrowAway(draft, trans));
}
