import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ICompanion } from '../companion/tokens.ts';
import type { Doctor } from '../contract/doctor.ts';
import { copyText } from '../ui/copy-text.ts';
import { doctorWithout } from './without-companion.ts';

const THANKS_MS = 8_000;

/** Looks at everything and copies the report without secrets; says so, also when there is no companion to ask. */
export async function reportProblem(
  companion: ICompanion,
  trans: TranslationBundle,
  openSelfCheck: () => void
): Promise<void> {
  const id = Notification.emit(trans.__('Looking at everything for the report…'), 'in-progress', {
    autoClose: false
  });
  let report: string;
  try {
    ({ report } = await companion.get<Doctor>('doctor'));
  } catch (error) {
    ({ report } = doctorWithout(companion.problemOf(error), new Date().toISOString(), trans));
  }
  const show = { label: trans.__('Show the self-check'), callback: openSelfCheck };
  const thank = (): void => {
    Notification.update({
      id,
      type: 'success',
      message: trans.__(
        'The report is copied. Paste it into a message to whoever helps you: it holds no token and no password.'
      ),
      autoClose: THANKS_MS,
      actions: [show]
    });
  };
  if (await copyText(report)) {
    thank();
    return;
  }
  Notification.update({
    id,
    type: 'warning',
    message: trans.__('The report is ready, and the browser did not let it be copied by itself.'),
    autoClose: false,
    actions: [
      {
        label: trans.__('Copy the report'),
        callback: event => {
          event.preventDefault(); // the notification stays, and says how it went
          void copyText(report).then(hasCopied => (hasCopied ? thank() : openSelfCheck()));
        }
      },
      show
    ]
  });
}
