import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';

/** The program. */
export const main = path.resolve(import.meta.dirname, '../../src/main.ts');

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `jupyter panosc …` as its launcher does, for the companion of a state folder. */
export function startCommand(
  stateDir: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {}
): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [main, 'cli', ...args], {
    env: { ...process.env, PANOSC_SOCKET_FILE: path.join(stateDir, 'companion.json'), ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  });
  const exit = new Promise<[number | null, NodeJS.Signals | null]>(resolve =>
    child.on('exit', (code, signal) => resolve([code, signal]))
  );
  const ended = Promise.all([exit, text(child.stdout), text(child.stderr)]).then(
    ([[code, signal], stdout, stderr]) => ({ code, signal, stdout, stderr })
  );
  return { child, ended };
}

/** Runs a command to its end. */
export function runCommand(
  stateDir: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {}
): Promise<Ended> {
  return startCommand(stateDir, args, env).ended;
}
