/** Minutes in one of each unit. */
const UNIT_MINUTES: Readonly<Record<string, number>> = { d: 1440, h: 60, m: 1, min: 1 };

function fromColons(text: string): number | null {
  // `d-hh`, `d-hh:mm` and `hh:mm` as sbatch writes them (https://slurm.schedmd.com/sbatch.html#OPT_time);
  // a plain `a:b` is hours and minutes here, and the form says so while one types.
  const match = /^(?:(\d{1,3})-)?(\d{1,4})(?::(\d{2}))?(?::(\d{2}))?$/.exec(text);
  if (match === null || (match[1] === undefined && match[3] === undefined)) {
    return null;
  }
  const [days, hours, minutes, seconds] = match.slice(1).map(part => Number(part ?? 0));
  return (days ?? 0) * 1440 + (hours ?? 0) * 60 + (minutes ?? 0) + ((seconds ?? 0) > 0 ? 1 : 0);
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

/** Minutes of a time that a person wrote: `90`, `1:30`, `1-12:00`, `2 h 30 min`; null when it cannot be read. */
export function parseTimeLimit(written: string): number | null {
  const text = written.trim().toLowerCase();
  const minutes = /^\d+$/.test(text) ? Number(text) : (fromColons(text) ?? fromUnits(text));
  return minutes !== null && minutes >= 1 && minutes <= 525_600 ? minutes : null;
}

/** `2:30` for 150 minutes: the way the form and rows write it. */
export function formatHours(seconds: number): string {
  const minutes = Math.floor(Math.max(0, seconds) / 60);
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
}
