import { Usage } from './command.ts';

/**
 * Minutes of a time limit as sbatch(1) writes it: `MM`, `MM:SS`, `HH:MM:SS`, `D-HH`, `D-HH:MM`, `D-HH:MM:SS`.
 * Seconds are rounded up to a minute, as Slurm does. Throws `Usage`.
 */
export function parseTime(text: string): number {
  const match = /^(?:(\d{1,4})-)?(\d{1,6})(?::(\d{1,2}))?(?::(\d{1,2}))?$/.exec(text);
  if (match === null) {
    throw new Usage('--time is minutes, HH:MM:SS or D-HH:MM:SS');
  }
  const [, days, first, second, third] = match;
  const [a, b, c] = [Number(first), Number(second ?? 0), Number(third ?? 0)];
  const seconds =
    days !== undefined
      ? Number(days) * 86_400 + a * 3600 + b * 60 + c
      : third !== undefined
        ? a * 3600 + b * 60 + c
        : a * 60 + b;
  if (seconds < 1) {
    throw new Usage('--time must be at least one minute');
  }
  return Math.ceil(seconds / 60);
}
