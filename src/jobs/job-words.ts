import type { TranslationBundle } from '@jupyterlab/translation';
import type { Job } from '../contract/jobs.ts';
import { UNKNOWN } from '../ui/bytes.ts';
import { formatDuration } from '../ui/time.ts';
import { isFinished } from './job-states.ts';
import { formatHours } from './time-limit.ts';

/** `0:12 / 2:00`; without a limit `0:12`; before the start the limit alone. */
export function timeText(
  job: Pick<Job, 'startedAt' | 'timeLimitSeconds'>,
  elapsedSeconds: number | null
): string {
  const limit = job.timeLimitSeconds === null ? null : formatHours(job.timeLimitSeconds);
  if (elapsedSeconds === null || job.startedAt === null) {
    return limit ?? UNKNOWN;
  }
  return limit === null ? formatHours(elapsedSeconds) : `${formatHours(elapsedSeconds)} / ${limit}`;
}

/** The same for ears and tooltips: `12 min of at most 2 h`. */
export function timeSentence(
  job: Pick<Job, 'state' | 'startedAt' | 'timeLimitSeconds'>,
  elapsedSeconds: number | null,
  trans: TranslationBundle
): string {
  const limit = formatDuration(job.timeLimitSeconds, trans);
  if (elapsedSeconds === null || job.startedAt === null) {
    return job.timeLimitSeconds === null
      ? trans.__('No time limit is known.')
      : trans.__('It may run for %1.', limit);
  }
  const elapsed = formatDuration(elapsedSeconds, trans);
  if (isFinished(job.state)) {
    return job.timeLimitSeconds === null
      ? trans.__('It ran for %1.', elapsed)
      : trans.__('It ran for %1 of at most %2.', elapsed, limit);
  }
  return job.timeLimitSeconds === null
    ? trans.__('It ran for %1 so far.', elapsed)
    : trans.__('%1 of at most %2', elapsed, limit);
}

/** Share of the time limit that is used up, 0 to 1; null when it is not known. */
export function shareOfTime(
  job: Pick<Job, 'timeLimitSeconds'>,
  elapsedSeconds: number | null
): number | null {
  return elapsedSeconds === null || job.timeLimitSeconds === null || job.timeLimitSeconds <= 0
    ? null
    : Math.min(1, elapsedSeconds / job.timeLimitSeconds);
}

/** What a scheduler gave as a phrase, as a sentence of its own: `it waits` → `It waits.`; null where it gave none. */
export function asSentence(reason: string | null): string | null {
  const text = reason?.trim() ?? '';
  return text === ''
    ? null
    : `${text.charAt(0).toLocaleUpperCase()}${text.slice(1)}${/[.!?…]$/.test(text) ? '' : '.'}`;
}

/** `a40 ×1` for the scheduler's `gpu:a40:1` or `a40:1`; what cannot be read is shown as it is. */
export function gpuText(gpus: string): string {
  return gpus
    .split(',')
    .map(part => {
      const match = /^(?:gres\/)?(?:gpu[:/])?(?:([A-Za-z][\w.-]*)[:=])?(\d+)$/.exec(part.trim());
      return match === null ? part.trim() : `${match[1] ?? 'GPU'} ×${match[2] ?? ''}`;
    })
    .join(', ');
}

/** The GPU line of a row; nothing when none was asked for. */
export function gpuLine(gpus: Job['gpus'], trans: TranslationBundle): string | null {
  if (gpus.granted !== null) {
    return gpuText(gpus.granted);
  }
  return gpus.asked === null ? null : trans.__('asked for %1', gpuText(gpus.asked));
}

/** True when the scheduler granted something else than was asked for. */
export function isGrantDifferent(job: Pick<Job, 'gpus' | 'problem'>): boolean {
  return job.problem?.type.endsWith('/grant-differs') === true;
}
