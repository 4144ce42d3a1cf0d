const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A moment in the person's own time, as short as in a file listing: `09:05` today, else `Nov 24`, else `2025-11`. */
export function whenText(iso: string | null, now: Date): string {
  const date = new Date(iso ?? '');
  if (Number.isNaN(date.getTime())) {
    return '–';
  }
  const two = (number: number): string => String(number).padStart(2, '0');
  if (date.toDateString() === now.toDateString()) {
    return `${two(date.getHours())}:${two(date.getMinutes())}`;
  }
  return date.getFullYear() === now.getFullYear()
    ? `${MONTHS[date.getMonth()] ?? ''} ${date.getDate()}`
    : `${date.getFullYear()}-${two(date.getMonth() + 1)}`;
}
