import { execa } from 'execa';
import { problem } from './problem.ts';

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** The whole environment of the child: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Characters kept of each stream; a longer answer is an error, not a cut answer. */
  readonly maxChars?: number;
}

/** Names that children may see; everything else of our own environment stays with us. */
const passedOn = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'SLURM_CONF',
  'SHELL'
];

/** The allow-listed environment for a child process, with extras. */
export function childEnv(
  from: Readonly<Record<string, string | undefined>>,
  extra: Readonly<Record<string, string>> = {}
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of passedOn) {
    const value = from[name];
    if (value !== undefined) {
      env[name] = value;
    }
  }
  return { ...env, ...extra };
}

/**
 * The single door to child processes: an argv array, no shell, a deadline.
 *
 * Throws `scheduler-missing` when the program does not exist and `scheduler-slow` past the deadline;
 * any exit code is returned for the caller to read.
 */
export async function runCommand(
  argv: readonly string[],
  options: CommandOptions
): Promise<CommandResult> {
  const [program, ...args] = argv;
  if (program === undefined) {
    throw new TypeError('empty argv');
  }
  const result = await execa(program, args, {
    env: options.env,
    extendEnv: false,
    reject: false,
    timeout: options.timeoutMs,
    forceKillAfterDelay: 2000,
    maxBuffer: options.maxChars ?? 20_000_000,
    stripFinalNewline: false,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal })
  });
  if (result.timedOut) {
    throw problem(
      'scheduler-slow',
      `"${program}" did not answer within ${Math.round(options.timeoutMs / 1000)} s. Try again in a minute.`
    );
  }
  if (result.isCanceled) {
    options.signal?.throwIfAborted();
  }
  if (result.isMaxBuffer) {
    throw problem('scheduler-error', `"${program}" answered with more text than can be handled.`);
  }
  // EACCES also comes of a folder on PATH that may not be searched.
  if (result.code === 'ENOENT' || result.code === 'EACCES') {
    throw problem(
      'scheduler-missing',
      `The program "${program}" is not installed on this machine.`,
      {
        cause: result,
        extra: { program }
      }
    );
  }
  return { exitCode: result.exitCode ?? 128, stdout: result.stdout, stderr: result.stderr };
}
