import { spawn, type ChildProcess } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** How one `jupyter panosc` command ended. */
export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `jupyter panosc` as a person would, with the demo's state folder. */
export class CommandLine {
  readonly #program: string;
  readonly #profileFile: string;
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #cwd: string;
  readonly #running = new Set<ChildProcess>();

  constructor(options: {
    program: string;
    profileFile: string;
    env: Readonly<Record<string, string | undefined>>;
    cwd: string;
  }) {
    this.#program = options.program;
    this.#profileFile = options.profileFile;
    this.#env = options.env;
    this.#cwd = options.cwd;
  }

  /** Starts a command and leaves it running. */
  start(...args: readonly string[]): { child: ChildProcess; ended: Promise<Ended> } {
    const child = spawn(this.#program, ['--profile', this.#profileFile, '--json', ...args], {
      env: this.#env,
      cwd: this.#cwd,
      stdio: ['ignore', 'pipe', 'pipe']
    });
    this.#running.add(child);
    const exit = new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', code => {
        this.#running.delete(child);
        resolve(code);
      });
    });
    const ended = Promise.all([exit, text(child.stdout), text(child.stderr)]).then(
      ([exitCode, stdout, stderr]) => ({
        exitCode,
        stdout,
        stderr
      })
    );
    return { child, ended };
  }

  /** Runs a command to its end. */
  run(...args: readonly string[]): Promise<Ended> {
    return this.start(...args).ended;
  }

  /** Ends what still runs. */
  stop(): void {
    this.#running.forEach(child => child.kill('SIGTERM'));
  }

  /** Runs a command that must succeed, and gives its document. */
  async json<T>(...args: readonly string[]): Promise<T> {
    const { exitCode, stdout, stderr } = await this.run(...args);
    if (exitCode !== 0) {
      throw new Error(
        `jupyter panosc ${args.join(' ')} ended with ${exitCode}: ${stderr.trim() || stdout.trim()}`
      );
    }
    return JSON.parse(stdout) as T;
  }
}
