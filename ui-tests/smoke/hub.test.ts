/** A person adds the extension to a session of JupyterHub without asking anybody, and walks to verified data. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { startFacility, type DemoFacility } from '../../demo/facility.ts';
import { launch, panelOf, watchedPage, whyNoBrowser } from './browser.ts';
import { wheelFile } from './environment.ts';
import { hubUser, startHub } from './hub.ts';
import { publishChecksums, pullOpenData } from './open-data.ts';

const python = path.resolve(import.meta.dirname, '../../.venv/bin/python');

test('pip install --user in a hub session', { skip: whyNoBrowser }, async t => {
  const dataRoot = path.resolve(import.meta.dirname, '../../.cache/labs/store');
  mkdirSync(path.dirname(dataRoot), { recursive: true });
  let facility: DemoFacility | null = null;
  let profiles = '';
  const hub = await startHub(folder => {
    profiles = path.join(folder, 'facility', 'profiles');
    return { PANOSC_PROFILES: profiles, PANOSC_INSECURE_LOOPBACK: '1' };
  });
  const browser = await launch();
  try {
    facility = await startFacility({
      stateDir: path.dirname(profiles),
      dataRoot,
      python,
      bytesPerSecond: 0
    });
    publishChecksums(dataRoot);
    const owner = statSync(hub.home).uid;
    execFileSync('chown', ['-R', String(owner), facility.workDir]);
    const { page, complaints } = await watchedPage(browser);

    await t.test('JupyterLab runs without us', async () => {
      await page.goto(hub.url);
      await page.getByLabel('Username').fill(hubUser.name);
      await page.getByLabel('Password').fill(hubUser.password);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL(`**/user/${hubUser.name}/lab`, { timeout: 90_000 });
      await page.getByRole('tab', { name: 'Launcher' }).waitFor();
      assert.equal(await page.getByRole('tab', { name: 'Photon & Neutron' }).count(), 0);
    });

    await t.test(
      'after the installation a reload shows the panel, which says what to restart',
      async () => {
        const dist = path.dirname(wheelFile());
        const words = ['install', '--user', '--no-index', `--find-links=${dist}`];
        hub.run('python', '-m', 'pip', ...words, 'jupyterlab-panosc[node]');
        await page.reload();
        await page.getByRole('tab', { name: 'Photon & Neutron' }).click();
        const said = panelOf(page).getByText(/Restart your server/);
        await said.waitFor();
        assert.equal(
          await said.textContent(),
          'Restart your server (File → Hub Control Panel → Stop My Server → Start My Server): it has not loaded jupyterlab_panosc.'
        );
      }
    );

    await t.test('after that restart it walks to verified data below /user/alice/', async () => {
      await page.goto(`${hub.url}hub/home`);
      await page.getByRole('button', { name: 'Stop My Server' }).click();
      await page.getByRole('button', { name: 'Start My Server' }).click();
      await page.waitForURL(`**/user/${hubUser.name}/lab`, { timeout: 90_000 });
      const before = complaints.length;
      await page.goto(`${hub.url}user/${hubUser.name}/lab?reset`);
      await pullOpenData(page);
      const [folder = ''] = readdirSync(path.join(facility?.workDir ?? '', 'data'));
      const [file = ''] = readdirSync(path.join(facility?.workDir ?? '', 'data', folder));
      assert.equal(statSync(path.join(facility?.workDir ?? '', 'data', folder, file)).uid, owner);
      assert.deepEqual(complaints.slice(before), []);
    });

    await t.test('request 7: the account counts, not what the hub calls the person', () => {
      const { pid } = JSON.parse(
        readFileSync(path.join(hub.stateDir, 'companion.json'), 'utf8')
      ) as { pid: number };
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
      assert.ok(environment.includes(`USER=${hubUser.name}`), 'the hub says another name');
      assert.equal(statSync(`/proc/${pid}`).uid, owner, 'the companion runs as the account');
      assert.deepEqual(
        environment.filter(line => /JUPYTERHUB|TOKEN/.test(line)),
        [],
        'nothing of the hub is handed on'
      );
    });
  } finally {
    await browser.close();
    await hub.stop();
    await facility?.close();
  }
});
