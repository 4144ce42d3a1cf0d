import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const PAUSE_MS = 100;
/** A companion ends within seconds; a local job notices after some more that its session has ended. */
const PATIENCE_MS = 20_000;

/** The companion of this state folder, as it announces itself. */
function companionPid(companionState: string): number | null {
  try {
    const text = readFileSync(path.join(companionState, 'companion.json'), 'utf8');
    return (JSON.parse(text) as { pid: number }).pid;
  } catch {
    return null;
  }
}

/** Processes of local jobs of this state folder: named in their arguments or in what they inherited (proc(5)). */
function jobPids(companionState: string): number[] {
  const jobs = `${path.join(companionState, 'local-jobs')}${path.sep}`;
  if (!existsSync('/proc')) {
    return [];
  }
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(name =>
      ['cmdline', 'environ'].some(file => {
        try {
          return readFileSync(`/proc/${name}/${file}`, 'utf8').includes(jobs);
        } catch {
          return false;
        }
      })
    )
    .map(Number);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * Ends the companion, which stays a while for the next command, and waits until it and its local jobs are gone.
 * What does not end by itself is killed. Gives how many there were of that kind: none, when all is in order.
 */
export async function endEverything(companionState: string): Promise<number> {
  const companion = companionPid(companionState);
  if (companion !== null && isAlive(companion)) {
    process.kill(companion, 'SIGTERM');
  }
  const left = (): number[] => [
    ...(companion !== null && isAlive(companion) ? [companion] : []),
    ...jobPids(companionState)
  ];
  const start = performance.now();
  while (left().length > 0 && performance.now() - start < PATIENCE_MS) {
    await new Promise(resolve => setTimeout(resolve, PAUSE_MS));
  }
  const stubborn = left();
  for (const pid of stubborn) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended just now.
    }
  }
  return stubborn.length;
}
