import { readFile } from 'node:fs/promises';
import { cleanText } from '../../core/clean-text.ts';
import { ProblemError } from '../../core/problem.ts';
import { childEnv, runCommand } from '../../core/run-command.ts';
import type { Parts } from '../../parts.ts';
import { notChecked, ok, type Check, type Finding } from '../port.ts';

const TIMEOUT_MS = 5000;
const CURE =
  'Apptainer needs its setuid installation here, or ask the administrator to allow user namespaces.';

/** What the kernel lets ordinary users do; absent where the kernel has no such switch. */
const switches: readonly (readonly [string, string])[] = [
  ['/proc/sys/user/max_user_namespaces', '0'],
  ['/proc/sys/kernel/unprivileged_userns_clone', '0'],
  ['/proc/sys/kernel/apparmor_restrict_unprivileged_userns', '1']
];

/** User namespaces: without them Apptainer runs only where an administrator installed its setuid part. */
export function namespaces({ surroundings: { env } }: Pick<Parts, 'surroundings'>): Check {
  return {
    id: 'machine.user-namespaces',
    title: 'User namespaces',
    run: async ({ signal }) => {
      if (process.platform !== 'linux') {
        return { state: 'skipped', text: 'Only Linux has them.' };
      }
      for (const [file, off] of switches) {
        const value = await readFile(file, 'utf8').catch(() => null);
        if (value?.trim() === off) {
          return {
            state: 'warning',
            text: `Ordinary users may not make user namespaces on this machine (${file} is ${off}).`,
            cure: CURE
          };
        }
      }
      return makeOne(env, signal);
    }
  };
}

/** Switches do not tell of containers that forbid it: only unshare(1) does. */
async function makeOne(env: Parts['surroundings']['env'], signal: AbortSignal): Promise<Finding> {
  try {
    const { exitCode, stderr } = await runCommand(['unshare', '--user', 'true'], {
      env: childEnv(env, { LC_ALL: 'C' }),
      timeoutMs: TIMEOUT_MS,
      signal
    });
    return exitCode === 0
      ? ok('One could be made.')
      : {
          state: 'warning',
          text: `None can be made on this machine: ${cleanText(stderr, 200)}.`,
          cure: CURE
        };
  } catch (error) {
    if (error instanceof ProblemError && error.slug === 'scheduler-missing') {
      return notChecked('the program "unshare" is not there to make one.');
    }
    throw error;
  }
}
