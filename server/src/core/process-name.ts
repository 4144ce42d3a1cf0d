import { readFileSync } from 'node:fs';

/** Start time of a process in clock ticks (proc(5), stat field 22), or null where there is no `/proc`. */
export function startTicks(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; only its parent has not looked yet.
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

/** True while the very process lives that had this number and start time. */
export function isAlive({
  pid,
  startTicks: ticks
}: {
  pid: number;
  startTicks: string | null;
}): boolean {
  if (ticks !== null) {
    return startTicks(pid) === ticks;
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
