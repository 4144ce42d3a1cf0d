import path from 'node:path';
import { expect, test } from '@jupyterlab/galata';
import { ask } from '../pages/api.ts';
import { JobTab } from '../pages/job-tab.ts';
import { Panel } from '../pages/panel.ts';

const DEMO = 'Demo facility (on this machine)';
const workDir = path.join(process.env['PANOSC_UI_STATE'] ?? '', 'work');

test.use({ autoGoto: false });

test.beforeEach(async ({ page }) => {
  await page.goto();
  const panel = new Panel(page);
  await panel.open();
  await panel.chooseFacility(DEMO);
});

test('open data needs no sign-in, and "as sent" looks different from "verified"', async ({
  page
}) => {
  const panel = new Panel(page);
  await panel.signOut();
  await expect(panel.root.getByText('Open data needs no sign-in.')).toBeVisible();
  const data = await panel.section('Data');
  await data.getByRole('searchbox').fill('ceria');
  const found = panel.row(data, 'Ceria powder');
  await found.hover();
  await found.getByRole('button', { name: 'Pull' }).click();
  const dialog = page.getByRole('dialog', { name: /^Pull Ceria/ });
  await dialog.getByLabel('To folder').fill(`~/open-${Date.now()}`);
  await expect(dialog.getByText(/it will end "as sent"/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Pull', exact: true }).click();
  const pulled = panel.row(await panel.section('Transfers'), 'Ceria powder');
  await expect(pulled).toContainText('as sent', { timeout: 60_000 });
  await expect(pulled).toContainText(/no checksum → ~\/open-/);
  await expect(pulled).not.toContainText('verified');
});

test('what does not fit cannot be pulled, and the dialog says why', async ({ page }) => {
  const panel = new Panel(page);
  const data = await panel.section('Data');
  await data.getByRole('searchbox').fill('ptychography');
  const found = panel.row(data, 'Ptychography');
  await expect(found).toContainText('does not fit');
  await found.hover();
  await found.getByRole('button', { name: 'Pull' }).click();
  const dialog = page.getByRole('dialog', { name: /^Pull Ptychography/ });
  await expect(dialog.getByRole('alert')).toContainText(
    /does not fit: .+ are free there and 40 PB are needed/
  );
  await expect(dialog.getByRole('button', { name: 'Pull', exact: true })).toBeDisabled();
});

test('everything can be reached by keyboard, and the focus comes back', async ({ page }) => {
  const panel = new Panel(page);
  const { keyboard } = page;
  const data = await panel.section('Data');
  const box = data.getByRole('searchbox');
  const rows = data.getByRole('row');
  await expect(rows).toHaveCount(3);
  const tabTo = async (what: typeof box): Promise<void> => {
    for (let step = 0; step < 30; step++) {
      if (await what.evaluate(element => element === document.activeElement)) {
        return;
      }
      await keyboard.press('Tab');
    }
    await expect(what).toBeFocused();
  };
  await panel.account.focus();
  await tabTo(box);
  await keyboard.type('powder');
  await expect(rows).toHaveCount(2);
  await tabTo(rows.first());
  await keyboard.press('ArrowDown');
  await expect(rows.nth(1)).toBeFocused();
  await keyboard.press('Home');
  await expect(rows.first()).toBeFocused();
  await keyboard.press('End');
  await expect(rows.nth(1)).toBeFocused();
  await keyboard.press('Tab');
  const pull = rows.nth(1).getByRole('button', { name: 'Pull' });
  await expect(pull).toBeFocused();
  await expect(pull).toBeVisible();
  await keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: /^Pull / });
  await expect(dialog.getByLabel('To folder')).toBeFocused();
  await expect(dialog.getByRole('button', { name: 'Pull', exact: true })).toBeEnabled();
  // The focus goes round inside.
  for (let step = 0; step < 8; step++) {
    await keyboard.press('Tab');
    expect(await dialog.evaluate(element => element.contains(document.activeElement))).toBe(true);
  }
  await keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(pull).toBeFocused();
  await keyboard.press('Shift+Tab');
  await keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Details' })).toContainText('Files (2)');
});

test('an expired or tampered repository has a sentence and no rows', async ({ page }) => {
  const panel = new Panel(page);
  await panel.chooseFacility('Facility with broken repositories');
  const software = await panel.section('Software');
  const wrong = software.getByRole('list', { name: 'What is wrong' });
  await expect(wrong.getByRole('listitem').filter({ hasText: 'expired.demo' })).toContainText(
    /expired/i
  );
  await expect(wrong.getByRole('listitem').filter({ hasText: 'tampered.demo' })).toContainText(
    /hash|tampered|does not agree|damaged/i
  );
  await expect(software.getByRole('row')).toHaveCount(0);
  await expect(software.getByText('never-shown')).toHaveCount(0);
  await panel.chooseFacility(DEMO);
});

test('a pull of another facility leads to the choice of it, and goes on there', async ({
  page
}) => {
  const panel = new Panel(page);
  await panel.signOut();
  const data = await panel.section('Data');
  await data.getByRole('searchbox').fill('silicon');
  const found = panel.row(data, 'Silicon powder');
  await found.hover();
  await found.getByRole('button', { name: 'Pull' }).click();
  const dialog = page.getByRole('dialog', { name: /^Pull Silicon/ });
  await dialog.getByLabel('To folder').fill(`~/elsewhere-${Date.now()}`);
  const start = dialog.getByRole('button', { name: 'Sign in and pull' });
  await expect(start).toBeEnabled();
  await start.click();
  const box = panel.root.getByRole('group', { name: 'Sign in' });
  await box.getByRole('button', { name: 'Cancel' }).click();
  const transfer = panel.row(await panel.section('Transfers'), 'Silicon powder');
  await expect(transfer.getByRole('button', { name: 'Sign in' })).toBeVisible();

  await panel.chooseFacility('Facility with broken repositories');
  await expect(transfer).toContainText('This belongs to Demo facility');
  await expect(transfer.getByRole('button', { name: 'Retry' })).toHaveCount(0);
  await transfer.getByRole('button', { name: 'Choose facility' }).click();
  const chooser = panel.root.getByRole('group', { name: 'Choose your facility' });
  await chooser.getByRole('button', { name: DEMO }).click();
  await expect(transfer.getByRole('button', { name: 'Sign in' })).toBeVisible();
});

test('a job that failed shows its errors first', async ({ page }) => {
  const panel = new Panel(page);
  const { id } = await ask<{ id: string }>(page, 'POST', 'jobs', {
    name: 'will-fail',
    script: '#!/bin/bash\necho begun\necho "the beam was off" >&2\nexit 4\n',
    workdir: workDir
  });
  expect(id).not.toBe('');
  const row = panel.row(await panel.section('Jobs'), 'will-fail');
  await expect(row).toContainText('failed', { timeout: 60_000 });
  await row.focus();
  await row.press('Enter');
  const job = new JobTab(page, 'will-fail');
  await expect(job.root.getByRole('log', { name: 'Errors' })).toContainText('the beam was off');
  await expect(job.root.getByText(/ended with code 4/)).toBeVisible();
  await job.root.getByRole('tab', { name: 'Output' }).click();
  await expect(job.log).toContainText('begun');
});
