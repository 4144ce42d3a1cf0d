/** Minutes in one of each unit. */
const UNIT_MINUTES: Readonly<Record<string, number>> = { d: 1440, h: 60, m: 1, min: 1 };

/**
 * Minutes of what stands for minutes, hours and days by colons alone, as sbatch reads it: `MM`, `MM:SS`, `HH:MM:SS`,
 * `D-HH`, `D-HH:MM`, `D-HH:MM:SS` (https://slurm.schedmd.com/sbatch.html#OPT_time). Seconds are rounded up to a minute.
 */
function asSbatch(text: string): number | null {
  const match = /^(?:(\d{1,3})-)?(\d{1,6})(?::(\d{1,2}))?(?::(\d{1,2}))?$/.exec(text);
  if (match === null) {
    return null;
  }
  const [days, first = 0, second = 0, third = 0] = match
    .slice(1)
    .map(part => (part === undefined ? undefined : Number(part)));
  const seconds =
    days !== undefined || match[4] !== undefined
      ? (days ?? 0) * 86_400 + first * 3600 + second * 60 + third
      : first * 60 + second;
  return Math.ceil(seconds / 60);
}

function fromUnits(text: string): number | null {
  const parts = [...text.matchAll(/(\d+(?:[.,]\d+)?)\s*(d|h|min|m)[a-z]*\s*/gy)];
  if (parts.length === 0 || parts.map(part => part[0]).join('') !== text) {
    return null;
  }
  const minutes = parts.reduce(
    (sum, [, count = '', unit = '']) =>
      sum + Number(count.replace(',', '.')) * (UNIT_MINUTES[unit] ?? 0),
    0
  );
  return Math.ceil(minutes);
}

/** Minutes of a time that a person wrote: `90`, `2 h 30 min`, `1-12:00`; null when it cannot be read. */
export function parseTimeLimit(written: string): number | null {
  const text = written.trim().toLowerCase();
  const minutes = asSbatch(text) ?? fromUnits(text);
  return minutes !== null && minutes >= 1 && minutes <= 525_600 ? minutes : null;
}

/** True for `2:00`, which is two minutes to sbatch and two hours to most people. */
export function isMinutesAndSeconds(written: string): boolean {
  return /^\d+:\d+$/.test(written.trim());
}

/** `2 h 30 min` for 150 minutes: what nobody can take for something else, and `parseTimeLimit` reads back. */
export function writeTimeLimit(minutes: number): string {
  const parts = [
    [Math.floor(minutes / 1440), 'd'],
    [Math.floor((minutes % 1440) / 60), 'h'],
    [minutes % 60, 'min']
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** `2:30` for 150 minutes: the way rows write it. */
export function formatHours(seconds: number): string {
  const minutes = Math.floor(Math.max(0, seconds) / 60);
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
}
