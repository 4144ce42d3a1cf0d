import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { cleanText } from '../core/clean-text.ts';
import { childEnv, runCommand, type CommandResult } from '../core/run-command.ts';
import { problem, type ProblemError } from '../core/problem.ts';

/** How the commands of one cluster are called. */
export interface SlurmCommands {
  /** Runs one command; `argv[0]` is its bare name. Times in its answer are UTC unless `isSubmit`. */
  run(
    argv: readonly string[],
    options: { signal: AbortSignal; isSubmit?: boolean }
  ): Promise<CommandResult>;
}

const READ_TIMEOUT_MS = 20_000;
/** A full controller makes sbatch sleep and retry for ever. */
const SUBMIT_LIMIT_S = 40;
/** What the controller may need for a request that it has received already. */
const GRACE_MS = 20_000;
/** After this long an sbatch that nobody waits for any more has ended, and so has the controller's work on it. */
export const SUBMIT_SETTLES_MS = SUBMIT_LIMIT_S * 1000 + GRACE_MS;

/**
 * The commands as the person, found on PATH or in the profile's folder. The environment is allow-listed:
 * without SLURM_CONF they would ask DNS for their controller, so it always goes along.
 */
export function slurmCommands(options: {
  env: Readonly<Record<string, string | undefined>>;
  bin?: string | undefined;
  slurmConf?: string | undefined;
}): SlurmCommands {
  const conf = options.env['SLURM_CONF'] ?? options.slurmConf;
  return {
    run: async ([program = '', ...args], { isSubmit = false, signal }) => {
      await checkConf(conf);
      const file =
        options.bin === undefined ? program : `${options.bin.replace(/\/$/, '')}/${program}`;
      // A job inherits sbatch's environment: its clock stays the person's.
      const extra = {
        ...(conf === undefined ? {} : { SLURM_CONF: conf }),
        ...(isSubmit ? {} : { TZ: 'UTC', SLURM_TIME_FORMAT: 'standard', LC_ALL: 'C' })
      };
      // timeout(1) keeps the limit also when this process is killed: no sbatch lives on and submits later.
      const argv = isSubmit
        ? ['timeout', '--kill-after=5', String(SUBMIT_LIMIT_S), file, ...args]
        : [file, ...args];
      return runCommand(argv, {
        env: childEnv(options.env, extra),
        timeoutMs: isSubmit ? SUBMIT_SETTLES_MS : READ_TIMEOUT_MS,
        signal
      });
    }
  };
}

/** Without it a command asks DNS for its controller, and waits long before it says so. */
async function checkConf(conf: string | undefined): Promise<void> {
  if (conf !== undefined) {
    await access(conf, constants.R_OK).catch((error: unknown) => {
      throw problem(
        'scheduler-missing',
        `Slurm's configuration ${conf} cannot be read on this machine. Ask the cluster's administrators, or open JupyterLab where Slurm is installed.`,
        { cause: error, extra: { file: conf } }
      );
    });
  }
}

/** What Slurm wrote on stderr, without its program names; at most three of its lines in one. */
export function slurmSays(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map(line => line.replace(/^(s[a-z]+|slurm_[a-z_]+)?:?\s*(error|fatal):\s*/, '').trim())
    .map(line => line.replace(/^sbatch: |^Batch job submission failed: |\.$/g, ''))
    .filter(line => line !== '' && !line.startsWith('Try "'));
  return cleanText([...new Set(lines)].slice(-3).join('; ') || 'no reason given', 300);
}

const unreachable =
  /unable to contact|timed out|connect(ion)? (failure|refused|reset)|zero bytes|transport endpoint|unexpected message|standby mode/i;

/** The controller did not answer: whatever was asked may have happened, or not. */
export function isUnreachable(stderr: string): boolean {
  return unreachable.test(stderr);
}

/** A failed command as a problem. */
export function slurmProblem(what: string, { exitCode, stderr }: CommandResult): ProblemError {
  if (isUnreachable(stderr)) {
    return problem(
      'scheduler-slow',
      `Slurm's controller does not answer, so it could not ${what}: ${slurmSays(stderr)}. Nothing is lost: it is asked again.`,
      { extra: { exitCode } }
    );
  }
  if (/permission denied|access denied/i.test(stderr)) {
    return problem('job-not-yours', `Slurm refused: ${slurmSays(stderr)}.`, {
      extra: { exitCode }
    });
  }
  return problem('scheduler-error', `Slurm could not ${what}: ${slurmSays(stderr)}.`, {
    extra: { exitCode }
  });
}

/** `2026-11-24T09:00:00` (UTC, as asked for) as ISO 8601; null for `N/A`, `Unknown`, `None`. */
export function slurmTime(text: string | undefined): string | null {
  return text !== undefined && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text)
    ? `${text}.000Z`
    : null;
}

/** Seconds of `D-HH:MM:SS`, `HH:MM:SS`, `MM:SS`; null for `UNLIMITED`, `NOT_SET`, `INVALID`. */
export function slurmDuration(text: string | undefined): number | null {
  const match = /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+)$/.exec(text ?? '');
  if (match === null) {
    return null;
  }
  const [, days = '0', hours = '0', minutes, seconds] = match;
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
}

/** A wait status (wait(2)), as squeue shows it: 768 is exit code 3, 9 is 128 + signal 9. */
export function exitCodeOfWait(status: number | null): number | null {
  if (status === null) {
    return null;
  }
  const signal = status & 0x7f;
  return signal === 0 ? (status >> 8) & 0xff : 128 + signal;
}

/** An unsigned whole number, or null. */
export function slurmNumber(text: string | undefined): number | null {
  const match = /^(\d{1,15})\+?$/.exec(text ?? '');
  return match === null ? null : Number(match[1]);
}
