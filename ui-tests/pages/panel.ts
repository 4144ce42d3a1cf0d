import { expect } from '@jupyterlab/galata';
import type { Locator, Page } from '@playwright/test';
import { approve } from '../../demo/approve.ts';

/** The panel in the left sidebar, as a person finds it: by roles and names. */
export class Panel {
  readonly page: Page;
  readonly root: Locator;

  constructor(page: Page) {
    this.page = page;
    this.root = page.locator('#jp-panosc-sidebar');
  }

  /** Clicks our icon, unless the panel is open. */
  async open(): Promise<void> {
    const tab = this.page.getByRole('tab', { name: 'Photon & Neutron' });
    await expect(tab).toBeVisible();
    if (!(await this.root.isVisible())) {
      await tab.click();
    }
    await expect(this.root).toBeVisible();
  }

  /** A section, unfolded. */
  async section(title: string): Promise<Locator> {
    const section = this.root.getByRole('region', { name: title, exact: true });
    const fold = section.getByRole('button', { name: title, exact: true });
    if ((await fold.getAttribute('aria-expanded')) === 'false') {
      await fold.click();
    }
    return section;
  }

  row(section: Locator, text: string | RegExp): Locator {
    return section.getByRole('row').filter({ hasText: text }).first();
  }

  /** In the first minute from the list, later through the header's menu. */
  async chooseFacility(title: string): Promise<void> {
    const first = this.root.getByRole('group', { name: 'Choose your facility' });
    const header = this.root.getByRole('button', { name: /^Facility:/ });
    await expect(first.or(header).first()).toBeVisible();
    if (!(await first.isVisible())) {
      if ((await header.getAttribute('aria-label'))?.includes(title) === true) {
        return;
      }
      await header.click();
      await this.page.getByRole('menuitem', { name: 'Choose Your Facility…' }).click();
    }
    await first.getByRole('button', { name: title }).click();
    await expect(header).toHaveAccessibleName(`Facility: ${title}`);
  }

  get account(): Locator {
    return this.root.getByRole('button', { name: /^Account:/ });
  }

  /** Opens the address that the panel shows, as a phone would that read its QR code. */
  async approveSignIn(look: () => Promise<void> = async () => undefined): Promise<void> {
    const box = this.root.getByRole('group', { name: 'Sign in' });
    await expect(box.getByText(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/)).toBeVisible();
    await expect(box.getByRole('img', { name: 'QR code of the sign-in address' })).toBeVisible();
    await look();
    const link = box.getByRole('link', { name: /opens a new tab/ });
    await approve((await link.getAttribute('href')) ?? '');
  }

  async signOut(): Promise<void> {
    if (/Not signed in/.test((await this.account.getAttribute('aria-label')) ?? '')) {
      return;
    }
    await this.account.click();
    await this.page.getByRole('menuitem', { name: 'Sign Out' }).click();
    await expect(this.account).toHaveAccessibleName(/Not signed in/);
  }
}
