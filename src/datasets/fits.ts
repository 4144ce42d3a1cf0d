import type { TranslationBundle } from '@jupyterlab/translation';
import { UNKNOWN } from '../ui/bytes.ts';

/** Whether a dataset fits, in words. */
export function fitsText(fits: boolean | null, trans: TranslationBundle): string {
  if (fits === null) {
    return UNKNOWN;
  }
  return fits ? trans.__('fits') : trans.__('does not fit');
}
