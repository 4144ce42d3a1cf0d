import type { TranslationBundle } from '@jupyterlab/translation';
import type { Transfer, TransferFile, TransferState } from '../contract/transfers.ts';
import { formatBytes, formatCount, formatRate, UNKNOWN } from '../ui/bytes.ts';
import { formatDuration } from '../ui/time.ts';

/** States that nothing changes any more. */
const FINISHED: readonly TransferState[] = ['verified', 'as-sent', 'failed', 'cancelled'];

/** Nothing goes on with it. */
export function isFinished(transfer: Transfer): boolean {
  return FINISHED.includes(transfer.state);
}

/** What is said of a transfer or of a file; files that a cancelled transfer never took up are no state of the wire. */
export type ShownState = TransferState | TransferFile['state'] | 'not-pulled';

/** A state in words. "Verified" is said only where checksums of the facility were compared. */
export function stateText(state: ShownState, trans: TranslationBundle): string {
  const words: Record<ShownState, string> = {
    queued: trans.__('waiting'),
    waiting: trans.__('waiting'),
    running: trans.__('running'),
    'needs-you': trans.__('needs you'),
    verified: trans.__('verified ✓'),
    'as-sent': trans.__('as sent'),
    failed: trans.__('failed'),
    cancelled: trans.__('cancelled'),
    'not-pulled': trans.__('not pulled')
  };
  return words[state];
}

/** What a state means, for a tooltip. */
export function stateMeaning(state: ShownState, trans: TranslationBundle): string | undefined {
  if (state === 'verified') {
    return trans.__('Every byte agrees with a checksum that the facility published.');
  }
  return state === 'as-sent'
    ? trans.__(
        'Complete, with the size that the store announced. No checksum exists to compare with.'
      )
    : undefined;
}

/** Every file was on this disk before, so that nothing was fetched. */
export function wasAllHere({ files }: Transfer): boolean {
  return files.total !== null && files.total > 0 && files.here === files.total;
}

/** Share that is done; null where the total is not known. */
export function shareDone(transfer: Transfer): number | null {
  const { bytes, bytesTotal } = transfer;
  return bytesTotal === null || bytesTotal === 0 ? null : bytes / bytesTotal;
}

/** `61 %` only where the total is known, else how much has come. */
export function progressText(transfer: Transfer, trans: TranslationBundle): string {
  const share = shareDone(transfer);
  return share === null
    ? trans._n(
        '%2, %1 file so far',
        '%2, %1 files so far',
        transfer.files.done,
        formatBytes(transfer.bytes)
      )
    : trans.__('%1 %', Math.floor(share * 100));
}

/** Bytes, files and rate in one line; without the files where there is little room. */
export function figuresText(
  transfer: Transfer,
  trans: TranslationBundle,
  isBrief: boolean = false
): string {
  const { files, bytes, bytesTotal } = transfer;
  return [
    bytesTotal === null
      ? trans.__('%1 so far', formatBytes(bytes))
      : bytes === bytesTotal
        ? formatBytes(bytes)
        : trans.__('%1 of %2', formatBytes(bytes), formatBytes(bytesTotal)),
    isBrief
      ? null
      : files.total === null
        ? trans._n('%1 file so far', '%1 files so far', files.done)
        : trans.__('%1 of %2 files', formatCount(files.done), formatCount(files.total)),
    transfer.rate === null || transfer.state !== 'running' ? null : formatRate(transfer.rate, trans)
  ]
    .filter(part => part !== null)
    .join(' · ');
}

/** Time left of a running transfer; "–" when nobody knows. */
export function timeLeftText(transfer: Transfer, trans: TranslationBundle): string {
  return transfer.secondsLeft === null ? UNKNOWN : formatDuration(transfer.secondsLeft, trans);
}
