import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';
import { JobTab } from '../pages/job-tab.ts';
import { NewJob } from '../pages/new-job.ts';
import { Panel } from '../pages/panel.ts';

/*
 * Takes the pictures of docs/user/guide.md:
 *   mkdir -p /scratch/alice && PANOSC_GUIDE=1 PANOSC_UI_STATE=/scratch/alice npx playwright test guide.spec.ts
 * The folder is shown in the pictures, and removed in the end. An ordinary run skips this file, so that testing
 * changes nothing. Look at each picture before it is committed.
 */
const stateDir = process.env['PANOSC_UI_STATE'] ?? '';
const workDir = path.join(stateDir, 'work');
const pictures = path.resolve(import.meta.dirname, '../../docs/user/pictures');

test.use({ autoGoto: false, deviceScaleFactor: 1.25, viewport: { width: 1180, height: 860 } });
test.skip(process.env['PANOSC_GUIDE'] !== '1', 'PANOSC_GUIDE=1 takes the pictures of the guide');

/** Room left below what a picture is about, in pixels. */
const MARGIN = 8;
/** What a log of some lines needs. */
const LOG = 150;

/** What is between the upper edge of one element and the lower edge of another, as wide as the first. */
async function take(
  name: string,
  whole: Locator,
  last: Locator = whole,
  { isPhoto = false, most = Infinity }: { isPhoto?: boolean; most?: number } = {}
): Promise<void> {
  const [box, end] = [await whole.boundingBox(), await last.boundingBox()];
  if (box === null || end === null) {
    throw new Error(`nothing to be seen for ${name}`);
  }
  const top = Math.ceil(box.y) + 1;
  const bottom = Math.min(end.y + Math.min(end.height + MARGIN, most), box.y + box.height);
  mkdirSync(pictures, { recursive: true });
  await whole.page().screenshot({
    path: path.join(pictures, `${name}.${isPhoto ? 'jpg' : 'png'}`),
    ...(isPhoto ? { quality: 80 } : {}),
    clip: { x: Math.ceil(box.x), y: top, width: Math.floor(box.width), height: bottom - top },
    // What is said in passing lies over what the picture is about.
    style: '.Toastify { visibility: hidden !important; }'
  });
}

test('the pictures of the guide, one a step', async ({ page }) => {
  const panel = new Panel(page);
  const newJob = new NewJob(page);
  const job = new JobTab(page, 'integrate');
  const tab = (heading: string): Locator =>
    page.locator('.jp-panosc-Tab:visible').filter({ hasText: heading });
  const home = page.getByRole('main');

  await test.step('first minute', async () => {
    await page.goto();
    await page.theme.setLightTheme();
    await panel.open();
    await page.sidebar.setWidth(340);
    const list = panel.root.getByRole('group', { name: 'Choose your facility' });
    await expect(list).toBeVisible();
    await take('first-minute', panel.root, list);
    await panel.chooseFacility('Demo facility (on this machine)');
  });

  await test.step('sign in', async () => {
    await panel.root.getByRole('button', { name: 'Sign in', exact: true }).click();
    const box = panel.root.getByRole('group', { name: 'Sign in' });
    await panel.approveSignIn(() => take('sign-in', panel.root, box));
    await expect(panel.account).toHaveAccessibleName('Account: Ada Lovelace');
  });

  const data = await panel.section('Data');
  const found = panel.row(data, 'Silicon powder');
  await test.step('find', async () => {
    await expect(panel.row(data, 'Ptychography')).toContainText('does not fit');
    await found.hover();
    await take('find', panel.root, data.getByRole('row').last());
    await data.getByRole('button', { name: 'Find data in a tab' }).click();
    const details = tab('Identifier');
    await details.getByRole('row').filter({ hasText: 'Silicon powder' }).click();
    const files = details.getByRole('grid', { name: /^Files of/ });
    await expect(files.getByRole('row')).toHaveCount(3);
    await take('find-data', details, files.getByRole('row').last());
    await page.evaluate(async () => {
      await window.jupyterapp.commands.execute('application:close', {});
    });
    await expect(home).toBeVisible();
  });

  const transfers = await panel.section('Transfers');
  const transfer = panel.row(transfers, 'Silicon powder');
  await test.step('pull', async () => {
    await found.hover();
    await found.getByRole('button', { name: 'Pull' }).click();
    const dialog = page.getByRole('dialog', { name: /Pull Silicon powder/ });
    await dialog.getByLabel('To folder').fill('~/data/silicon');
    await expect(dialog.getByText(/in 3 files to/)).toBeVisible();
    await expect(dialog.getByText(/SHA256SUMS/)).toBeVisible();
    await take('pull', dialog.locator('.jp-panosc-Modal, .jp-Dialog-content').or(dialog).last());
    await dialog.getByRole('button', { name: 'Pull', exact: true }).click();
    await expect(dialog).toBeHidden();
    const bar = transfer.getByRole('progressbar');
    await expect
      .poll(async () => Number(await bar.getAttribute('aria-valuenow')))
      .toBeGreaterThan(9);
    await take('pulling', transfers, transfers.getByRole('row').last());
  });

  await test.step('after a crash', async () => {
    const { pid } = JSON.parse(
      readFileSync(path.join(stateDir, 'state', 'companion.json'), 'utf8')
    ) as { pid: number };
    process.kill(pid, 'SIGKILL');
    await expect(transfer).toContainText('needs you', { timeout: 60_000 });
    await take('needs-you', transfers, transfers.getByRole('row').last());
    await transfer.getByRole('button', { name: 'Sign in' }).click();
    await panel.approveSignIn();
    await expect(transfer).toContainText('verified ✓', { timeout: 90_000 });
  });

  await test.step('verified beside as sent', async () => {
    const ceria = panel.row(data, 'Ceria powder');
    await ceria.hover();
    await ceria.getByRole('button', { name: 'Pull' }).click();
    const dialog = page.getByRole('dialog', { name: /^Pull Ceria/ });
    await dialog.getByLabel('To folder').fill('~/data/ceria');
    await expect(dialog.getByText(/it will end "as sent"/)).toBeVisible();
    await dialog.getByRole('button', { name: 'Pull', exact: true }).click();
    const second = panel.row(transfers, 'Ceria powder');
    await expect(second).toContainText('as sent', { timeout: 60_000 });
    await page.mouse.move(800, 700);
    await take('verified', transfers, transfers.getByRole('row').last());
  });

  await test.step('image', async () => {
    const software = await panel.section('Software');
    const row = panel.row(software, 'powder-tools 1.10.0');
    await row.focus();
    await row.press('Enter');
    const shown = tab('What is known');
    await expect(shown.getByText(/verified, revision/)).toBeVisible();
    await expect(shown.getByText(/published/)).toBeVisible();
    await take('image', shown, shown.locator('details').last());
    await shown.getByRole('button', { name: 'Use in job' }).click();
  });

  await test.step('new job', async () => {
    await newJob.field('Name').fill('integrate');
    await newJob.field('Folder').fill(workDir);
    await newJob.field('Result file').fill('result/result.png');
    await newJob.writeScript(
      `#!/bin/bash\nset -eu\n. ./environment.sh\npython3 integrate.py ~/data/silicon result\n`
    );
    const partition = newJob.field('Partition');
    if (await partition.isVisible()) {
      await partition.selectOption('gpu');
      const gpu = newJob.field('GPU');
      await expect(gpu.getByRole('option', { name: /^a40/ })).toHaveText(/free/);
      await gpu.selectOption('a40');
      await newJob.field('How many GPUs').fill('1');
    }
    await expect(newJob.root.getByText(/powder-tools\.sif/).first()).toBeVisible();
    await expect(await newJob.exactScript()).toContainText('integrate.py');
    await take('new-job', tab('New job'));
    await newJob.submit();
  });

  await test.step('log and result', async () => {
    await expect(job.log).toContainText('"lattice_parameter_m"', { timeout: 120_000 });
    await expect(job.root.getByText('completed', { exact: true })).toBeVisible({ timeout: 60_000 });
    // The log fills the tab: what it says ends long before.
    await take('job', tab('Resubmit with changes'), job.log, { most: LOG });
    await job.openResult();
    const picture = page.locator('.jp-ImageViewer img');
    await expect
      .poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth))
      .toBe(512);
    await take('result', picture, picture, { isPhoto: true });
  });

  await test.step('self-check', async () => {
    await page.evaluate(async () => {
      await window.jupyterapp.commands.execute('panosc-doctor:open', {});
    });
    const shown = tab('Self-check');
    await expect(shown.getByText(/^Looked at/)).toBeVisible({ timeout: 60_000 });
    await take('self-check', shown, shown.getByRole('listitem').filter({ hasText: 'Clock' }));
  });
});
