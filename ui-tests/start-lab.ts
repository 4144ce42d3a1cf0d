/**
 * Starts what the browser tests need, until SIGTERM: the demo facility, and JupyterLab with Galata's settings.
 * As root with Slurm installed it starts a real cluster too and runs JupyterLab as its user alice.
 * Usage: start-lab.ts PORT
 */
import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startFacility } from '../demo/facility.ts';

const root = path.resolve(import.meta.dirname, '..');
const bin = path.join(root, '.venv', 'bin');
const port = process.argv[2] ?? '8897';
const stateDir = mkdtempSync(path.join(tmpdir(), 'panosc-ui-'));
chmodSync(stateDir, 0o755);

const facility = await startFacility({
  stateDir,
  python: path.join(bin, 'python'),
  bytesPerSecond: 80_000_000
});
for (const name of ['integrate.py', 'integrate.sh']) {
  copyFileSync(path.join(root, 'demo', 'job', name), path.join(facility.workDir, name));
}

const lab = spawn(
  path.join(bin, 'jupyter-lab'),
  [
    `--config=${path.join(import.meta.dirname, 'jupyter_server_test_config.py')}`,
    '--ServerApp.ip=127.0.0.1',
    `--ServerApp.port=${port}`,
    '--ServerApp.port_retries=0',
    `--ServerApp.root_dir=${facility.workDir}`
  ],
  {
    env: {
      ...process.env,
      PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}`,
      HOME: facility.workDir,
      PANOSC_STATE: path.join(stateDir, 'state'),
      PANOSC_PROFILES: path.dirname(facility.profileFile),
      PANOSC_INSECURE_LOOPBACK: '1'
    },
    stdio: ['ignore', 'inherit', 'inherit']
  }
);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    lab.kill('SIGTERM');
    setTimeout(() => lab.kill('SIGKILL'), 8000).unref();
  });
}
const code = await new Promise<number | null>(resolve => lab.on('exit', resolve));
await facility.close();
rmSync(stateDir, { recursive: true, force: true });
process.exit(code ?? 1);
