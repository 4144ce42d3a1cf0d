import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { it, type TestContext } from 'node:test';
import { jupyterServers } from '../../src/doctor/checks/jupyter-servers.ts';
import type { Finding } from '../../src/doctor/port.ts';
import { tempDir } from '../support/temp-dir.ts';
import { testCall } from '../support/test-call.ts';

const root = tempDir('jupyter servers');
const environment = path.join(root, 'environment of the server');
const python = path.join(environment, 'bin', 'python');
execFileSync('python3', ['-m', 'venv', '--without-pip', environment]);

/** A process that runs where a Jupyter server would, with its file in a folder of its own. */
async function serverIn(
  t: TestContext,
  name: string,
  env: Record<string, string> = {},
  program = python,
  words = ['jupyter-lab']
): Promise<{ runtime: string; pid: number }> {
  const runtime = path.join(root, name);
  mkdirSync(runtime);
  const server = spawn(program, ['-c', 'print(1, flush=True); input()', ...words], {
    env: { PATH: process.env['PATH'] ?? '', ...env }
  });
  t.after(() => server.kill('SIGKILL'));
  await once(server.stdout, 'data');
  const pid = server.pid ?? 0;
  writeFileSync(path.join(runtime, `jpserver-${pid}.json`), '{}');
  return { runtime, pid };
}

function look(runtime: string): Promise<Finding> {
  const env = { PATH: process.env['PATH'], JUPYTER_RUNTIME_DIR: runtime };
  return jupyterServers({ surroundings: { home: root, env } }).run(testCall());
}

it('a Jupyter server of another environment is named, with the line that installs the extension there', async t => {
  const { pid, runtime } = await serverIn(t, 'elsewhere');
  const found = await look(runtime);
  assert.equal(found.state, 'warning');
  assert.equal(
    found.text,
    `The Jupyter server ${pid} runs in ${environment}, and jupyterlab-panosc is not installed there.`
  );
  assert.equal(
    found.cure,
    `${python} -m pip install "jupyterlab-panosc[node]", then restart that server.`
  );
});

it('a Jupyter server that has the extension, by whatever decides where its packages lie, is in order', async t => {
  const packages = path.join(root, 'packages');
  mkdirSync(path.join(packages, 'jupyterlab_panosc'), { recursive: true });
  writeFileSync(path.join(packages, 'jupyterlab_panosc', '__init__.py'), '');
  const { runtime } = await serverIn(t, 'here', { PYTHONPATH: packages });
  assert.equal((await look(runtime)).state, 'ok');
});

it('no server, or one that has ended, is nothing to worry about', async () => {
  assert.equal((await look(path.join(root, 'nowhere'))).state, 'skipped');
  const runtime = path.join(root, 'ended');
  mkdirSync(runtime);
  writeFileSync(path.join(runtime, 'jpserver-4194305.json'), '{}');
  assert.equal((await look(runtime)).state, 'skipped');
});

it('a program that has the number of a killed server is left alone', async t => {
  const { runtime } = await serverIn(t, 'reused', {}, python, ['another-program']);
  assert.equal((await look(runtime)).state, 'skipped');
  const other = path.join(root, 'not-a-jupyter');
  symlinkSync(python, other);
  const { runtime: second } = await serverIn(t, 'renamed', {}, other);
  assert.equal((await look(second)).state, 'skipped');
});
