import { readdirSync, readFileSync } from 'node:fs';

/** Variable that every process of a local job inherits; its value is the job's folder. */
export const MARK = 'PANOSC_LOCAL_JOB';

/** A job that forks as fast as it is ended is given up after this many rounds. */
const MOST_ROUNDS = 20;

function markedPids(folder: string): number[] {
  const mark = `${MARK}=${folder}`;
  const pids: number[] = [];
  let names: string[];
  try {
    names = readdirSync('/proc').filter(name => /^\d+$/.test(name));
  } catch {
    return [];
  }
  for (const name of names) {
    try {
      const environment = readFileSync(`/proc/${name}/environ`, 'utf8').split('\0');
      if (environment.includes(mark) && Number(name) !== process.pid) {
        pids.push(Number(name));
      }
    } catch {
      // Somebody else's process, or one that has just ended.
    }
  }
  return pids;
}

/**
 * Ends what a job started and what has left its process group (`setsid`, `nohup`, daemons). Found by the
 * environment that they inherited (proc(5)); where there is no `/proc`, the process group alone is ended.
 */
export function endMarkedProcesses(folder: string): void {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const pids = markedPids(folder);
    if (pids.length === 0) {
      return;
    }
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
  }
}
