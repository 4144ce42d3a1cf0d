import type { TranslationBundle } from '@jupyterlab/translation';
import { UNKNOWN } from './bytes.ts';
import { shownLanguage } from './shown-language.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A span in words: `40 s`, `3 min`, `1 h 20 min`, `2 d 3 h`; `–` when unknown. */
export function formatDuration(
  seconds: number | null | undefined,
  trans: TranslationBundle
): string {
  if (seconds == null || !Number.isFinite(seconds)) {
    return UNKNOWN;
  }
  const whole = Math.max(0, Math.round(seconds));
  if (whole < MINUTE) {
    return trans.__('%1 s', whole);
  }
  const minutes = Math.round(whole / MINUTE);
  if (minutes < 60) {
    return trans.__('%1 min', minutes);
  }
  if (whole < DAY) {
    const rest = minutes % 60;
    const hours = Math.floor(minutes / 60);
    return rest === 0 ? trans.__('%1 h', hours) : trans.__('%1 h %2 min', hours, rest);
  }
  const days = Math.floor(whole / DAY);
  const hours = Math.floor((whole % DAY) / HOUR);
  return hours === 0 ? trans.__('%1 d', days) : trans.__('%1 d %2 h', days, hours);
}

function parsed(iso: string | null | undefined): Date | null {
  const date = new Date(iso ?? '');
  return Number.isNaN(date.getTime()) ? null : date;
}

/** Local time: `14:20` today, `24 Nov, 14:20` on another day; `–` when unknown. */
export function formatClock(iso: string | null | undefined, now: Date = new Date()): string {
  const date = parsed(iso);
  if (date === null) {
    return UNKNOWN;
  }
  const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  return date.toDateString() === now.toDateString()
    ? date.toLocaleTimeString(shownLanguage(), time)
    : date.toLocaleString(shownLanguage(), {
        ...(date.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' }),
        day: 'numeric',
        month: 'short',
        ...time
      });
}

/** Local date such as `24 Nov 2026`; `–` when unknown. */
export function formatDate(iso: string | null | undefined): string {
  return (
    parsed(iso)?.toLocaleDateString(shownLanguage(), {
      day: 'numeric',
      month: 'short',
      year: 'numeric'
    }) ?? UNKNOWN
  );
}

/** The exact time with its zone, for a tooltip; undefined when unknown. */
export function exactTime(iso: string | null | undefined): string | undefined {
  return parsed(iso)?.toLocaleString(shownLanguage(), { dateStyle: 'full', timeStyle: 'long' });
}
