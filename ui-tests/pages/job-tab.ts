import type { Locator, Page } from '@playwright/test';

/** The tab of one job. */
export class JobTab {
  readonly root: Locator;

  constructor(page: Page, name: string) {
    this.root = page
      .getByRole('tabpanel')
      .filter({ has: page.getByRole('heading', { level: 1, name, exact: true }) });
  }

  get log(): Locator {
    return this.root.getByRole('log', { name: 'Output' });
  }

  /** What stands beside a name in the list of facts. */
  fact(name: string): Locator {
    return this.root.locator(`dt:text-is("${name}") + dd`);
  }

  openResult(): Promise<void> {
    return this.root.getByRole('button', { name: 'Open result' }).click();
  }
}
