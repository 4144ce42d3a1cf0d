import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { childEnv, runCommand } from '../../core/run-command.ts';
import type { Parts } from '../../parts.ts';
import { ok, type Check, type Finding } from '../port.ts';

const TIMEOUT_MS = 10_000;
/** Prints the environment; the exit code says whether we are in it. */
const LOOK =
  "import importlib.util as u, sys; print(sys.prefix); sys.exit(u.find_spec('jupyterlab_panosc') is None)";
/** What decides where a Python finds its packages. */
const decidesPackages = ['PATH', 'HOME', 'PYTHONPATH', 'PYTHONUSERBASE', 'PYTHONHOME'];

type Env = Readonly<Record<string, string | undefined>>;

/** Where Jupyter keeps a file for each running server: https://jupyter-core.readthedocs.io/en/latest/api/jupyter_core.html */
function runtimeFolder(env: Env, home: string, platform: NodeJS.Platform): string {
  const usual =
    platform === 'darwin'
      ? path.join(home, 'Library', 'Jupyter')
      : path.join(env['XDG_DATA_HOME'] ?? path.join(home, '.local', 'share'), 'jupyter');
  return env['JUPYTER_RUNTIME_DIR'] ?? path.join(env['JUPYTER_DATA_DIR'] ?? usual, 'runtime');
}

/** Process ids of the servers that have a file there and are alive. */
function serversIn(folder: string): number[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  const pids = names
    .map(name => Number(/^jpserver-(\d+)\.json$/.exec(name)?.[1]))
    .filter(pid => {
      try {
        return pid > 0 && process.kill(pid, 0);
      } catch {
        return false;
      }
    });
  return pids.sort((a, b) => a - b);
}

/**
 * The Python that a Jupyter server was called with, and what of its environment decides where packages are found.
 * Null for anything else: a server that was killed leaves its file, and its number may belong to any program now.
 */
async function startOf(pid: number, env: Record<string, string>, signal: AbortSignal) {
  try {
    const words = (file: string): string[] =>
      readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0');
    const own = Object.fromEntries(
      words('environ').flatMap(line => {
        const name = line.split('=', 1)[0] ?? '';
        return decidesPackages.includes(name) ? [[name, line.slice(name.length + 1)]] : [];
      })
    );
    return pythonOf(words('cmdline'), { ...env, ...own });
  } catch {
    // macOS has no /proc; a path with blanks is not found there.
    const argv = ['ps', '-o', 'command=', '-p', `${pid}`];
    const { stdout } = await runCommand(argv, { env, timeoutMs: TIMEOUT_MS, signal });
    return pythonOf(stdout.trim().split(' '), env);
  }
}

function pythonOf([python = '', ...words]: string[], env: Record<string, string>) {
  const isPython = path.isAbsolute(python) && /^python[\d.]*$/.test(path.basename(python));
  return isPython && words.some(word => word.includes('jupyter')) ? { python, env } : null;
}

/** Says of one server whether we are installed where it runs; null when it is none, or cannot be asked. */
async function lookAt(
  pid: number,
  env: Record<string, string>,
  signal: AbortSignal
): Promise<Finding | null> {
  const start = await startOf(pid, env, signal);
  if (start === null) {
    return null;
  }
  const look = await runCommand([start.python, '-c', LOOK], {
    env: start.env,
    cwd: '/',
    timeoutMs: TIMEOUT_MS,
    signal
  });
  if (look.stdout.trim() === '') {
    return null;
  }
  return look.exitCode === 0
    ? ok('The extension is installed where your Jupyter servers run.')
    : {
        state: 'warning',
        text: `The Jupyter server ${pid} runs in ${look.stdout.trim()}, and jupyterlab-panosc is not installed there.`,
        cure: `${start.python} -m pip install "jupyterlab-panosc[node]", then restart that server.`
      };
}

/**
 * Whether the person's Jupyter servers have the extension: what a notebook installs goes into the environment of
 * its kernel, and the extension belongs to that of the server.
 */
export function jupyterServers({
  surroundings: { env, home }
}: Pick<Parts, 'surroundings'>): Check {
  return {
    id: 'machine.jupyter',
    title: 'Jupyter servers',
    run: async ({ signal }) => {
      const pids = serversIn(runtimeFolder(env, home, process.platform));
      const looks = await Promise.all(pids.map(pid => lookAt(pid, childEnv(env), signal)));
      const found = looks.filter(finding => finding !== null);
      return (
        found.find(({ state }) => state !== 'ok') ??
        found[0] ?? { state: 'skipped', text: 'No Jupyter server of yours runs on this machine.' }
      );
    }
  };
}
