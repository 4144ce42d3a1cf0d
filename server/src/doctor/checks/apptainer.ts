import { childEnv, runCommand } from '../../core/run-command.ts';
import { ProblemError } from '../../core/problem.ts';
import type { Parts } from '../../parts.ts';
import { ok, type Check } from '../port.ts';

const TIMEOUT_MS = 5000;

/** Apptainer on this machine; a cluster's nodes are looked at by each job itself. */
export function apptainer({ surroundings: { env } }: Pick<Parts, 'surroundings'>): Check {
  return {
    id: 'machine.apptainer',
    title: 'Apptainer',
    run: async ({ signal }) => {
      const missing = {
        state: 'skipped',
        text: 'Not installed on this machine. Jobs look for it on the node where they run.'
      } as const;
      try {
        const { exitCode, stdout } = await runCommand(['apptainer', '--version'], {
          env: childEnv(env),
          timeoutMs: TIMEOUT_MS,
          signal
        });
        const version = /(\d+\.\d+[\w.+-]*)/.exec(stdout)?.[1];
        return exitCode === 127
          ? missing
          : exitCode === 0 && version !== undefined
            ? ok(`Version ${version}.`)
            : {
                state: 'warning',
                text: `"apptainer --version" ended with ${exitCode}.`,
                cure: 'Ask the administrator of this machine.'
              };
      } catch (error) {
        if (error instanceof ProblemError && error.slug === 'scheduler-missing') {
          return missing;
        }
        throw error;
      }
    }
  };
}
