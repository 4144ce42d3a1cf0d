import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { check } from './check.ts';
import { CommandLine } from './command-line.ts';
import { endEverything } from './end-everything.ts';
import { startFacility } from './facility.ts';

/**
 * `scripts/demo` after its set-up: the facility and JupyterLab until Ctrl-C, or with `--check` the whole
 * journey by the command line. Usage: main.ts --bin VENV_BIN --state FOLDER [--check] [--port N].
 * Of an option that is given twice, the last one counts.
 */
function option(name: string): string | undefined {
  const index = process.argv.lastIndexOf(`--${name}`);
  return index < 0 ? undefined : process.argv[index + 1];
}

const bin = option('bin') ?? '';
const given = path.resolve(option('state') ?? '.demo');
const isCheck = process.argv.includes('--check');
const here = import.meta.dirname;

/** A check starts from nothing, and beside a demo that may run: they share the data only, which take long to make. */
const stateRoot = isCheck ? path.join(given, 'check') : given;
const companionState = path.join(stateRoot, 'state');
if (isCheck) {
  rmSync(stateRoot, { recursive: true, force: true });
}

const facility = await startFacility({
  stateDir: stateRoot,
  dataRoot: path.join(given, 'store'),
  python: path.join(bin, 'python'),
  // Slow enough to be seen, and to be killed in the middle on a slow machine.
  bytesPerSecond: 30_000_000
});
const dataDir = path.join(facility.workDir, 'data');
mkdirSync(dataDir, { recursive: true });
for (const name of ['integrate.py', 'integrate.sh']) {
  copyFileSync(path.join(here, 'job', name), path.join(dataDir, name));
}
const env = {
  ...process.env,
  PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}`,
  PANOSC_STATE: companionState,
  PANOSC_PROFILES: path.dirname(facility.profileFile),
  PANOSC_INSECURE_LOOPBACK: '1'
};

/** What a shell calls the end by Ctrl-C. */
const INTERRUPTED = 130;
let isInterrupted = false;

/** Calls back when the person, or whoever started the demo, wants it to end. */
function onEnd(end: () => void): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      isInterrupted = true;
      end();
    });
  }
}

async function runCheck(): Promise<number> {
  const cli = new CommandLine({
    program: path.join(bin, 'jupyter-panosc'),
    profileFile: facility.profileFile,
    env,
    cwd: dataDir
  });
  const interrupted = new Promise<never>((_, reject) => {
    onEnd(() => {
      reject(new Error('interrupted'));
      cli.stop();
    });
  });
  const walk = { cli, stateDir: companionState, jobFolder: dataDir, dataDir };
  try {
    await Promise.race([check(walk), interrupted]);
    rmSync(stateRoot, { recursive: true, force: true });
    process.stdout.write('The whole journey works on this machine.\n');
    return 0;
  } catch {
    return 1;
  }
}

async function untilAnswers(url: string, child: { exitCode: number | null }): Promise<boolean> {
  while (child.exitCode === null) {
    try {
      if ((await fetch(url)).ok) {
        return true;
      }
    } catch {
      // Not listening yet.
    }
    await new Promise(resolve => setTimeout(resolve, 200));
  }
  return false;
}

/** Settings of the demo's own JupyterLab: the person's stay as they are, and nobody asks about news. */
function writeSettings(folder: string): void {
  const plugin = path.join(folder, '@jupyterlab', 'apputils-extension');
  mkdirSync(plugin, { recursive: true });
  writeFileSync(
    path.join(plugin, 'notification.jupyterlab-settings'),
    '{ "fetchNews": "false" }\n'
  );
}

async function runLab(): Promise<number> {
  const token = randomBytes(16).toString('hex');
  const port = option('port') ?? '8888';
  const asRoot = process.getuid?.() === 0 ? ['--allow-root'] : [];
  const settings = path.join(stateRoot, 'lab');
  writeSettings(settings);
  const logFile = path.join(stateRoot, 'jupyter.log');
  const log = openSync(logFile, 'w', 0o600);
  const child = spawn(
    path.join(bin, 'jupyter-lab'),
    [
      '--no-browser',
      '--ServerApp.ip=127.0.0.1',
      `--ServerApp.port=${port}`,
      '--ServerApp.port_retries=0',
      `--ServerApp.root_dir=${facility.workDir}`,
      '--Panosc.default_profile=demo',
      '--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate',
      ...asRoot
    ],
    {
      env: {
        ...env,
        JUPYTER_TOKEN: token,
        JUPYTERLAB_SETTINGS_DIR: settings,
        JUPYTERLAB_WORKSPACES_DIR: path.join(settings, 'workspaces')
      },
      stdio: ['ignore', log, log],
      detached: false
    }
  );
  const ended = new Promise<number>(resolve => child.on('exit', code => resolve(code ?? 1)));
  onEnd(() => {
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), 5000).unref();
  });
  const address = `http://127.0.0.1:${port}`;
  if (await untilAnswers(`${address}/api/status?token=${token}`, child)) {
    process.stdout.write(
      `\nOpen this address (Ctrl-C here ends everything):\n\n    ${address}/lab?token=${token}\n\n` +
        'Click the icon of crossing beams in the left sidebar; the demo facility is chosen already. Then:\n' +
        '  1  Sign in (open the link, allow it).\n' +
        '  2  Data: search "silicon" and pull it.\n' +
        '  3  In the file browser, right-click data/integrate.sh: Submit as Job.\n' +
        `JupyterLab writes its log to ${path.relative(process.cwd(), logFile)}.\n\n`
    );
  } else if (!isInterrupted) {
    process.stderr.write(`JupyterLab did not start:\n${readFileSync(logFile, 'utf8')}`);
  }
  return ended;
}

const exitCode = isCheck ? await runCheck() : await runLab();
await endEverything(companionState);
await facility.close();
process.exit(isInterrupted ? INTERRUPTED : exitCode);
