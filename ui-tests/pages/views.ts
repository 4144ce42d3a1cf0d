import { expect, type IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';
import { Panel } from './panel.ts';

/** What can be looked at, and how a person gets there. */
export interface View {
  readonly name: string;
  /** Shows it, with everything in it, and gives its outermost element. */
  open(): Promise<Locator>;
}

/** Every main view of the panel and the main area, in an order in which each follows from the last. */
export function viewsOf(page: IJupyterLabPageFixture): readonly View[] {
  const panel = new Panel(page);
  const tab = (heading: string | RegExp): Locator =>
    page.locator('.jp-panosc-Tab:visible').filter({ hasText: heading });
  return [
    {
      name: 'sidebar',
      open: async () => {
        await panel.open();
        const data = await panel.section('Data');
        await data.getByRole('searchbox').fill('');
        await expect(panel.row(data, 'Ceria powder')).toBeVisible();
        await expect(panel.row(await panel.section('Software'), 'powder-tools')).toBeVisible();
        return panel.root;
      }
    },
    {
      name: 'find-data',
      open: async () => {
        const data = await panel.section('Data');
        await data.getByRole('button', { name: 'Find data in a tab' }).click();
        const found = tab('Identifier');
        await found.getByRole('row').filter({ hasText: 'Silicon powder' }).click();
        await expect(found.getByRole('grid', { name: /^Files of/ }).getByRole('row')).toHaveCount(
          3
        );
        await expect(found.getByText('restricted', { exact: true })).toBeVisible();
        return found;
      }
    },
    {
      name: 'pull',
      open: async () => {
        await page.locator('.jp-panosc-Tab:visible').getByRole('button', { name: 'Pull…' }).click();
        const dialog = page.getByRole('dialog', { name: /^Pull / });
        await expect(dialog.getByText(/session/)).toBeVisible();
        return dialog;
      }
    },
    {
      name: 'transfer',
      open: async () => {
        await page.keyboard.press('Escape');
        const row = panel.row(await panel.section('Transfers'), 'Ceria powder');
        await row.focus();
        await row.press('Enter');
        const shown = tab('agree with a checksum');
        await expect(shown.getByText('scan_0002.h5')).toBeVisible();
        return shown;
      }
    },
    {
      name: 'image',
      open: async () => {
        const row = panel.row(await panel.section('Software'), 'powder-tools 1.10.0');
        await row.focus();
        await row.press('Enter');
        const shown = tab('What is known');
        await expect(shown.getByText(/verified, revision/)).toBeVisible();
        await expect(shown.getByText(/published/)).toBeVisible();
        return shown;
      }
    },
    {
      name: 'new-job',
      open: async () => {
        await page
          .locator('.jp-panosc-Tab:visible')
          .getByRole('button', { name: 'Use in job' })
          .click();
        const shown = tab('New job');
        await shown.getByLabel('CPUs').fill('many');
        await expect(shown.getByText('Write a whole number, at least 1.')).toBeVisible();
        await shown.getByText(/^The exact script/).click();
        return shown;
      }
    },
    {
      name: 'job',
      open: async () => {
        const row = panel.row(await panel.section('Jobs'), 'look-at-me');
        await row.focus();
        await row.press('Enter');
        const shown = tab('look-at-me');
        await expect(shown.getByRole('log')).toContainText('line 3');
        await expect(shown.getByText('completed', { exact: true })).toBeVisible();
        return shown;
      }
    }
  ];
}
