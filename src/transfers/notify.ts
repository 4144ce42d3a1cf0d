import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Transfer } from '../contract/transfers.ts';
import { formatBytes, formatCount } from '../ui/bytes.ts';
import { said } from '../ui/said.ts';
import { wantsFacility } from '../ui/wants-facility.ts';
import type { ITransferActions } from './actions.ts';
import { wasAllHere } from './words.ts';

type Kind = 'success' | 'info' | 'warning' | 'error';

function verifiedText(transfer: Transfer, trans: TranslationBundle): string {
  const { title, files } = transfer;
  const bytes = formatBytes(transfer.bytes);
  if (wasAllHere(transfer)) {
    return trans._n(
      '%2: %3 were here already and agree with the checksum.',
      '%2: %3 were here already and agree with the checksums.',
      files.here,
      title,
      bytes
    );
  }
  return files.here > 0
    ? trans.__(
        '%1: %2 verified. %3 of %4 files were here already.',
        title,
        bytes,
        formatCount(files.here),
        formatCount(files.total)
      )
    : trans.__('%1: %2 pulled and verified.', title, bytes);
}

/** Kind and sentence of a state that a person wants to hear of; null for all others. */
function wordsFor(transfer: Transfer, trans: TranslationBundle): readonly [Kind, string] | null {
  const { title, state, problem } = transfer;
  switch (state) {
    case 'verified':
      return ['success', verifiedText(transfer, trans)];
    case 'as-sent':
      return [
        'info',
        wasAllHere(transfer)
          ? trans.__(
              '%1: %2 were here already, left by an earlier pull. No checksum exists.',
              title,
              formatBytes(transfer.bytes)
            )
          : trans.__(
              '%1: %2 pulled as sent. No checksum exists to compare with.',
              title,
              formatBytes(transfer.bytes)
            )
      ];
    case 'failed':
      return ['error', `${title}: ${said(problem?.detail, trans) ?? trans.__('The pull failed.')}`];
    case 'needs-you':
      return [
        'warning',
        `${title}: ${said(problem?.detail, trans) ?? trans.__('The pull needs you.')}`
      ];
    case 'queued':
    case 'running':
    case 'cancelled':
      return null;
  }
}

/** What is on the screen about a transfer, by its id. */
const shown = new Map<string, string>();

/** Says that a transfer has finished, failed or needs the person, with the button that helps; takes back what is over. */
export function notifyOfTransfer(
  transfer: Transfer,
  actions: ITransferActions,
  trans: TranslationBundle
): void {
  const before = shown.get(transfer.id);
  if (before !== undefined) {
    Notification.dismiss(before);
    shown.delete(transfer.id);
  }
  const words = wordsFor(transfer, trans);
  if (words === null) {
    return;
  }
  const [kind, sentence] = words;
  const show = { label: trans.__('Show'), callback: () => actions.open(transfer) };
  const isSignin = transfer.problem?.action === 'sign-in';
  const help =
    kind === 'warning' && isSignin
      ? [{ label: trans.__('Sign in'), callback: () => actions.signIn() }]
      : kind === 'error'
        ? [{ label: trans.__('Retry'), callback: () => void actions.retry(transfer) }]
        : kind === 'warning' && wantsFacility(transfer.problem)
          ? [{ label: trans.__('Choose facility'), callback: () => actions.chooseFacility() }]
          : [];
  const isLasting = kind === 'error' || kind === 'warning';
  const id = Notification.emit(sentence, kind, {
    autoClose: isLasting ? false : 8_000,
    actions: [...help, show]
  });
  if (isLasting) {
    shown.set(transfer.id, id);
  }
}
