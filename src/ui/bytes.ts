import type { TranslationBundle } from '@jupyterlab/translation';
import { shownLanguage } from './shown-language.ts';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const;

/** What stands for a number that nobody knows. */
export const UNKNOWN = '–';

/** Decimal units, as disks and networks count (IEC 80000-13): `1.2 TB`, `84 GB`, `–` when unknown. */
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes == null || !Number.isFinite(bytes)) {
    return UNKNOWN;
  }
  let value = Math.abs(bytes);
  let unit = 0;
  // 999.5 would round to "1000 kB".
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0;
  const text = value.toLocaleString(shownLanguage(), { maximumFractionDigits: digits });
  return `${bytes < 0 ? '−' : ''}${text} ${UNITS[unit] ?? ''}`;
}

/** `12 MB/s`; `–` when nothing moves. */
export function formatRate(bytesPerSecond: number | null, trans: TranslationBundle): string {
  return bytesPerSecond === null ? UNKNOWN : trans.__('%1/s', formatBytes(bytesPerSecond));
}

/** `1,234`; `–` when unknown. */
export function formatCount(count: number | null | undefined): string {
  return count == null ? UNKNOWN : count.toLocaleString(shownLanguage());
}
