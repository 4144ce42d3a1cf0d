import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { panelOf } from './browser.ts';

/** The demo's dataset that needs no sign-in. */
const OPEN_DATA = 'Ceria powder';

/** Lays a list of checksums beside the demo's open data, as a facility does that publishes them. */
export function publishChecksums(storeFolder: string): void {
  const folder = path.join(storeFolder, 'open', 'ceo2');
  const lines = readdirSync(folder)
    .filter(name => name.endsWith('.h5'))
    .map(name => {
      const hash = createHash('sha256').update(readFileSync(path.join(folder, name)));
      return `${hash.digest('hex')}  ${name}\n`;
    });
  writeFileSync(path.join(folder, 'SHA256SUMS'), lines.join(''));
}

/** What somebody does who has never seen it: from the icon to data that are here and verified. Gives the clicks. */
export async function pullOpenData(page: Page): Promise<number> {
  let clicks = 0;
  const click = async (what: Locator): Promise<void> => {
    await what.click();
    clicks += 1;
  };
  const panel = panelOf(page);
  await click(page.getByRole('tab', { name: 'Photon & Neutron' }));
  await click(panel.getByRole('button', { name: 'Look at open data without signing in' }));
  const data = panel.getByRole('region', { name: 'Data', exact: true });
  const row = data.getByRole('row').filter({ hasText: OPEN_DATA });
  await row.hover();
  await click(row.getByRole('button', { name: 'Pull' }));
  const dialog = page.getByRole('dialog', { name: /^Pull / });
  await click(dialog.getByRole('button', { name: 'Pull', exact: true }));
  const transfers = panel.getByRole('region', { name: 'Transfers', exact: true });
  const transfer = transfers.getByRole('row').filter({ hasText: OPEN_DATA });
  await transfer.filter({ hasText: 'verified ✓' }).waitFor({ timeout: 120_000 });
  return clicks;
}
