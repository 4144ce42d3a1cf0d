import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endEverything } from '../../demo/end-everything.ts';
import { until } from '../../server/test/support/until.ts';

/** An end by SIGTERM with an open notebook may take forever in some releases. */
const PATIENCE_MS = 10_000;

/** A port that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Asks a process to end and waits, but not forever. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  await gone;
  clearTimeout(timer);
}

/** A Jupyter server with a home of its own. */
export interface RunningJupyter {
  /** With the base URL, ends with a slash. */
  readonly url: string;
  readonly home: string;
  readonly stateDir: string;
  readonly pid: number;
  log(): string;
  /** Ends it, and says how many processes of ours had to be ended with force. */
  stop(): Promise<number>;
}

/** What a person's shell has, and nothing of the machine that tests run on. */
export function plainEnvironment(home: string, bin: string): NodeJS.ProcessEnv {
  return {
    PATH: [bin, '/usr/bin', '/bin'].join(path.delimiter),
    HOME: home,
    USER: process.env['USER'] ?? 'root',
    LANG: 'C.UTF-8',
    JUPYTER_TOKEN: '',
    // Compiled files would have to go into an environment that several tests share.
    PYTHONDONTWRITEBYTECODE: '1'
  };
}

/** Starts `jupyter-lab` or `jupyter-notebook` of an environment and waits until it answers. */
export async function startJupyter(options: {
  readonly bin: string;
  readonly program: 'jupyter-lab' | 'jupyter-notebook';
  readonly baseUrl?: string;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}): Promise<RunningJupyter> {
  const folder = mkdtempSync(path.join(tmpdir(), 'panosc-smoke-'));
  const home = path.join(folder, 'home');
  mkdirSync(home);
  const stateDir = path.join(home, '.local', 'state', 'jupyterlab-panosc');
  const logFile = path.join(folder, 'jupyter.log');
  const log = openSync(logFile, 'w');
  const port = await freePort();
  const baseUrl = options.baseUrl ?? '/';
  const child = spawn(
    path.join(options.bin, options.program),
    [
      '--no-browser',
      '--allow-root',
      '--IdentityProvider.token=',
      '--LabApp.news_url=None',
      '--ServerApp.ip=127.0.0.1',
      `--ServerApp.port=${port}`,
      '--ServerApp.port_retries=0',
      `--ServerApp.base_url=${baseUrl}`,
      ...(options.args ?? [])
    ],
    {
      cwd: home,
      env: { ...plainEnvironment(home, options.bin), ...options.env },
      stdio: ['ignore', log, log]
    }
  );
  const url = `http://127.0.0.1:${port}${baseUrl}`;
  await until(
    options.program,
    async () => {
      if (child.exitCode !== null) {
        throw new Error(`${options.program} ended:\n${readFileSync(logFile, 'utf8')}`);
      }
      return (await fetch(`${url}api/status`).catch(() => null))?.ok === true;
    },
    60_000
  );
  return {
    url,
    home,
    stateDir,
    pid: child.pid ?? 0,
    log: () => readFileSync(logFile, 'utf8'),
    stop: async () => {
      await end(child);
      const killed = await endEverything(stateDir);
      rmSync(folder, { recursive: true, force: true });
      return killed;
    }
  };
}
