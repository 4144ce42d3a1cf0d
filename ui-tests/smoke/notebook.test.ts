/** Notebook 7 has no icons at its side: the panel opens from the menu View and from the command palette. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import {
  facilitiesShown,
  launch,
  oursAmong,
  runFromPalette,
  watchedPage,
  whyNoBrowser
} from './browser.ts';
import { makeEnvironment } from './environment.ts';
import { startJupyter } from './jupyter-process.ts';

const EMPTY_NOTEBOOK = { cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 };

test('Notebook 7', { skip: whyNoBrowser }, async t => {
  const environment = makeEnvironment('notebook-7', ['notebook==7.*'], { hasWheel: true });
  const jupyter = await startJupyter({ bin: environment.bin, program: 'jupyter-notebook' });
  const browser = await launch();
  try {
    await t.test('opens the panel from the menu View, and a tab below the files', async () => {
      const { page, complaints } = await watchedPage(browser);
      await page.goto(`${jupyter.url}tree`);
      await page.getByRole('menuitem', { name: 'View', exact: true }).click();
      await page.getByRole('menuitem', { name: 'Photon & Neutron: open the panel' }).click();
      await facilitiesShown(page);
      await runFromPalette(page, 'Photon Self-Check');
      await page.getByRole('heading', { name: 'Self-check', exact: true }).waitFor();
      await page.getByText(/^Node v\d+/).waitFor();
      assert.deepEqual(oursAmong(complaints), []);
      await page.close();
    });

    await t.test('opens the panel beside a notebook, by a command', async () => {
      writeFileSync(path.join(jupyter.home, 'empty.ipynb'), JSON.stringify(EMPTY_NOTEBOOK));
      const { page, complaints } = await watchedPage(browser);
      await page.goto(`${jupyter.url}notebooks/empty.ipynb`);
      await page.locator('.jp-Notebook').waitFor();
      await runFromPalette(page, 'Photon open the panel');
      await facilitiesShown(page);
      assert.deepEqual(oursAmong(complaints), []);
    });
  } finally {
    await browser.close();
    assert.equal(await jupyter.stop(), 0, 'nothing had to be killed');
  }
});
