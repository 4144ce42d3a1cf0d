import { existsSync } from 'node:fs';
import { chromium, type Browser, type Locator, type Page } from '@playwright/test';
import { chromiumArgs, chromiumProgram } from '../chromium.ts';

/** Why there is no browser here, or `false`, as `skip` of a test wants it. */
export const whyNoBrowser = existsSync(chromiumProgram) ? false : 'Chromium is not installed';

/** Debian's Chromium, as the journey's tests use it. */
export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumProgram, args: chromiumArgs });
}

/** A page, and what it complained about: errors that nobody caught, and what the console calls a warning or an error. */
export interface WatchedPage {
  readonly page: Page;
  readonly complaints: readonly string[];
}

/** Opens a page that is listened to from its first byte. */
export async function watchedPage(browser: Browser): Promise<WatchedPage> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(30_000);
  const complaints: string[] = [];
  page.on('pageerror', error => complaints.push(`page error: ${error.stack ?? error.message}`));
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) {
      complaints.push(`${message.type()}: ${message.text()} (${message.location().url})`);
    }
  });
  return { page, complaints };
}

/** The panel, wherever it stands. */
export const panelOf = (page: Page): Locator => page.locator('#jp-panosc-sidebar');

/** Waits until the panel shows what only the companion can have told: the facilities there are. */
export async function facilitiesShown(page: Page): Promise<Locator> {
  const chooser = panelOf(page).getByRole('group', { name: 'Choose your facility' });
  await chooser.getByRole('button').first().waitFor();
  return chooser;
}

/** Runs a command as a person finds it: by typing into the command palette. */
export async function runFromPalette(page: Page, words: string): Promise<void> {
  await page.keyboard.press('Control+Shift+C');
  await page.locator('.lm-CommandPalette-input:visible').fill(words);
  await page.locator('.lm-CommandPalette-item:visible').first().waitFor();
  await page.keyboard.press('Enter');
}

/** Complaints that are about us; Notebook 7.6 has some of its own, also without any extension. */
export const oursAmong = (complaints: readonly string[]): string[] =>
  complaints.filter(text => /panosc|shared (singleton )?module/i.test(text));
