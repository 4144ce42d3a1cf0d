/** One wheel in every JupyterLab that it claims to work in: installed by pip, opened in Chromium, quiet on the console. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { facilitiesShown, launch, runFromPalette, watchedPage, whyNoBrowser } from './browser.ts';
import { makeEnvironment, output } from './environment.ts';
import { startJupyter } from './jupyter-process.ts';

/** What works in the oldest and the newest is only confirmed by those between. */
const whyNotNow =
  process.env['PANOSC_LONG'] === '1'
    ? false
    : 'between the oldest and the newest: scripts/test --long';

for (const [version, isSlow] of [
  ['4.4', false],
  ['4.5', true],
  ['4.6', false]
] as const) {
  const skip = whyNoBrowser || (isSlow && whyNotNow);
  test(`JupyterLab ${version}`, { skip }, async t => {
    const environment = makeEnvironment(`lab-${version}`, [`jupyterlab==${version}.*`], {
      hasWheel: true
    });

    await t.test('lists the extension as enabled and OK', () => {
      const list = output(environment, 'jupyter-labextension', 'list');
      assert.match(list, new RegExp(`JupyterLab v${version.replace('.', '\\.')}`));
      assert.match(list, /jupyterlab-panosc v[\d.]+ .*enabled.* .*OK/);
    });

    await t.test('opens the panel, and the companion answers', async () => {
      const jupyter = await startJupyter({ bin: environment.bin, program: 'jupyter-lab' });
      const browser = await launch();
      try {
        const { page, complaints } = await watchedPage(browser);
        await page.goto(`${jupyter.url}lab`);
        await page.getByRole('tab', { name: 'Photon & Neutron' }).click();
        await facilitiesShown(page);
        await runFromPalette(page, 'Photon Self-Check');
        await page.getByRole('heading', { name: 'Self-check', exact: true }).waitFor();
        await page.getByText(/^Node v\d+/).waitFor();
        assert.deepEqual(complaints, []);
      } finally {
        await browser.close();
        assert.equal(await jupyter.stop(), 0, 'nothing had to be killed');
      }
    });
  });
}
