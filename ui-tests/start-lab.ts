/**
 * Starts what the browser tests need, until SIGTERM: the demo facility, and JupyterLab with Galata's settings.
 * As root with Slurm installed it starts a real cluster too and runs JupyterLab as its user alice.
 * PANOSC_UI_LOCAL=1 does without the cluster. Reads PANOSC_UI_PORT and PANOSC_UI_STATE (a folder of its own, which is removed in the end).
 */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { startFacility } from '../demo/facility.ts';
import { startCluster, whyNoCluster } from '../server/test/support/cluster.ts';
import { startBrokenRepositories } from './broken-repositories.ts';
import { writeJobEnvironment } from './job-environment.ts';

const root = path.resolve(import.meta.dirname, '..');
const bin = path.join(root, '.venv', 'bin');
const port = process.env['PANOSC_UI_PORT'] ?? '';
const stateDir = process.env['PANOSC_UI_STATE'] ?? '';
if (port === '' || stateDir === '') {
  throw new Error('started by playwright.config.ts, which says port and folder');
}
chmodSync(stateDir, 0o755);
const folder = (name: string): string => {
  const made = path.join(stateDir, name);
  mkdirSync(made, { recursive: true });
  return made;
};

const why = process.env['PANOSC_UI_LOCAL'] === '1' ? 'PANOSC_UI_LOCAL is 1' : whyNoCluster();
const cluster = why === null ? startCluster() : null;
console.log(
  cluster === null ? `Jobs run as local processes: ${why}.` : 'Jobs run on a real Slurm.'
);

const workDir = folder('work');
const facility = await startFacility({
  stateDir,
  python: path.join(bin, 'python'),
  // Slow enough to be watched, and killed in the middle.
  bytesPerSecond: 25_000_000,
  ...(cluster === null
    ? {}
    : {
        cluster: {
          id: 'slurm',
          title: 'Demo cluster (Slurm)',
          kind: 'slurm-cli',
          slurm_conf: cluster.conf,
          allow_without_image: true,
          data_roots: [workDir]
        }
      })
});
// The guide shows what a person finds, which is no broken facility.
const broken =
  process.env['PANOSC_GUIDE'] === '1'
    ? null
    : await startBrokenRepositories(folder('broken'), path.dirname(facility.profileFile));
for (const name of ['integrate.py', 'integrate.sh']) {
  copyFileSync(path.join(root, 'demo', 'job', name), path.join(workDir, name));
}
writeJobEnvironment(path.join(workDir, 'environment.sh'), {
  bin,
  asUser: cluster?.as('alice') ?? []
});
const own = [workDir, folder('state'), folder('tmp')];
if (cluster !== null) {
  execFileSync('chown', ['-R', 'alice:', ...own]);
}

const [program = '', ...args] = [
  ...(cluster?.as('alice') ?? []),
  path.join(bin, 'jupyter-lab'),
  `--config=${path.join(import.meta.dirname, 'jupyter_server_test_config.py')}`,
  '--ServerApp.ip=127.0.0.1',
  `--ServerApp.port=${port}`,
  '--ServerApp.port_retries=0',
  `--ServerApp.root_dir=${workDir}`
];
const lab = spawn(program, args, {
  cwd: workDir,
  env: {
    ...process.env,
    PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}`,
    HOME: workDir,
    TMPDIR: path.join(stateDir, 'tmp'),
    ...(cluster === null ? {} : { USER: 'alice', LOGNAME: 'alice' }),
    PANOSC_STATE: path.join(stateDir, 'state'),
    PANOSC_PROFILES: path.dirname(facility.profileFile),
    PANOSC_INSECURE_LOOPBACK: '1'
  },
  stdio: ['ignore', 'inherit', 'inherit']
});
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    lab.kill('SIGTERM');
    setTimeout(() => lab.kill('SIGKILL'), 8000).unref();
  });
}
const code = await new Promise<number | null>(resolve => lab.on('exit', resolve));
await Promise.all([facility.close(), broken?.close(), cluster?.stop()]);
rmSync(stateDir, { recursive: true, force: true });
process.exit(code ?? 1);
