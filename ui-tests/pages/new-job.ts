import { expect } from '@jupyterlab/galata';
import type { Locator, Page } from '@playwright/test';

/** The tab *New job*. */
export class NewJob {
  readonly page: Page;
  readonly root: Locator;

  constructor(page: Page) {
    this.page = page;
    this.root = page
      .locator('form')
      .filter({ has: page.getByRole('heading', { name: 'New job', exact: true }) });
  }

  field(label: string): Locator {
    return this.root.getByLabel(label, { exact: true });
  }

  /** Replaces the whole script, as by pasting. */
  async writeScript(script: string): Promise<void> {
    const editor = this.root.getByRole('textbox', { name: 'Script', exact: true });
    await editor.click();
    await this.page.keyboard.press('ControlOrMeta+A');
    await this.page.keyboard.insertText(script);
    await expect(editor).toContainText(script.trim().split('\n').at(-1) ?? '');
  }

  /** The exact script, once it is that of the form as it stands. */
  async exactScript(): Promise<Locator> {
    const summary = this.root.getByText('The exact script that is submitted', { exact: true });
    await expect(summary).toBeVisible();
    await summary.click();
    return this.root.locator('details[open] pre');
  }

  submit(): Promise<void> {
    return this.root.getByRole('button', { name: 'Submit', exact: true }).click();
  }
}
