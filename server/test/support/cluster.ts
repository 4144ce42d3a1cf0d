import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { accessSync, chmodSync, chownSync, constants, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const scripts = path.resolve(import.meta.dirname, '../cluster');
const needed = [
  '/usr/sbin/munged',
  '/usr/sbin/mariadbd',
  '/usr/sbin/slurmdbd',
  '/usr/sbin/slurmctld',
  '/usr/sbin/slurmd',
  '/usr/bin/sbatch',
  '/usr/bin/setpriv'
];

/** What an ordinary command ended with. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export type ClusterUser = 'alice' | 'bob';

/** A real Slurm that belongs to one test file. */
export interface Cluster {
  /** Value for SLURM_CONF. */
  readonly conf: string;
  /** A new folder that belongs to this user. */
  folder(user: ClusterUser, name: string): string;
  /** Command that runs another one as this user. */
  as(user: ClusterUser): string[];
  /** Runs a command as this user, or as root. */
  run(user: ClusterUser | 'root', argv: readonly string[], cwd?: string): Ended;
  stop(): Promise<void>;
}

/** Why there can be no cluster here, or null. */
export function whyNoCluster(): string | null {
  if (process.getuid?.() !== 0) {
    return 'a real Slurm needs root (slurmd starts jobs as other users)';
  }
  const missing = needed.find(program => {
    try {
      accessSync(program, constants.X_OK);
      return false;
    } catch {
      return true;
    }
  });
  if (missing !== undefined) {
    return `Slurm is not installed: ${missing} is missing`;
  }
  return canBeReadByOthers(import.meta.filename)
    ? null
    : 'other users may not read this folder, and the companion must run as one: see scripts/open-path';
}

/** Whether a user without any rights reads this file; through env, since setpriv itself still may look anywhere. */
function canBeReadByOthers(file: string): boolean {
  const { status } = spawnSync(
    'setpriv',
    ['--reuid=65534', '--regid=65534', '--clear-groups', 'env', 'test', '-r', file],
    { stdio: 'ignore' }
  );
  return status === 0;
}

/** Ends the cluster when its standard input closes: also when the test process is killed. */
function watch(folder: string): { process: ChildProcess; ended: Promise<void> } {
  const guard = spawn(
    'sh',
    [
      '-c',
      'cat > /dev/null; "$1" "$2/slurm" && rm -rf "$2"',
      'sh',
      `${scripts}/slurm-down`,
      folder
    ],
    { stdio: ['pipe', 'ignore', 'inherit'], detached: true }
  );
  // A failing test must not hang on it: it also ends when this process has gone.
  guard.unref();
  return { process: guard, ended: new Promise(resolve => guard.once('exit', () => resolve())) };
}

/** Starts a cluster in a folder that other users can reach; about six seconds. */
export function startCluster(options: { minJobAge?: number } = {}): Cluster {
  const root = mkdtempSync(path.join(tmpdir(), 'panosc-slurm-'));
  chmodSync(root, 0o755);
  const guard = watch(root);
  const stop = async (): Promise<void> => {
    guard.process.ref();
    guard.process.stdin?.end();
    await guard.ended;
  };
  try {
    // One at a time on this machine: ports that are free must still be free when they are taken.
    const lock = path.join(tmpdir(), 'panosc-slurm-up.lock');
    execFileSync('flock', ['-o', lock, path.join(scripts, 'slurm-up'), path.join(root, 'slurm')], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, CLUSTER_MIN_JOB_AGE: String(options.minJobAge ?? 300) }
    });
  } catch (error) {
    void stop();
    throw error;
  }
  const conf = path.join(root, 'slurm/etc/slurm.conf');
  const as = (user: ClusterUser): string[] => [
    'setpriv',
    `--reuid=${user}`,
    `--regid=${user}`,
    '--init-groups'
  ];
  return {
    conf,
    as,
    folder: (user, name) => {
      const folder = path.join(root, `${user}-${name}`);
      mkdirSync(folder, { mode: 0o755 });
      const id = (flag: string): number =>
        Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
      chownSync(folder, id('-u'), id('-g'));
      return folder;
    },
    run: (user, argv, cwd = '/') => {
      const [program = '', ...args] = [...(user === 'root' ? [] : as(user)), ...argv];
      const env = {
        PATH: process.env['PATH'],
        SLURM_CONF: conf,
        TZ: 'UTC',
        HOME: '/',
        USER: user
      };
      try {
        const stdout = execFileSync(program, args, {
          cwd,
          env,
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
          timeout: 30_000
        });
        return { code: 0, stdout, stderr: '' };
      } catch (error) {
        const ended = error as { status?: number | null; stdout?: string; stderr?: string };
        return {
          code: ended.status ?? -1,
          stdout: ended.stdout ?? '',
          stderr: ended.stderr ?? ''
        };
      }
    },
    stop
  };
}
