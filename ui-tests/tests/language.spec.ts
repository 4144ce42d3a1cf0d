import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, galata, test, type IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';
import { ask } from '../pages/api.ts';
import { cutOff, findings, tooWide, wordsIn } from '../pages/judges.ts';
import { Panel } from '../pages/panel.ts';

const workDir = path.join(process.env['PANOSC_UI_STATE'] ?? '', 'work');
/** Where pictures for human eyes go. */
const pictures = path.resolve(import.meta.dirname, '../test-results/look');

type Catalogue = Readonly<Record<string, readonly string[]>>;

function catalogueOf(language: string): Catalogue {
  const file = `../../jupyterlab_panosc/locale/${language}/LC_MESSAGES/jupyterlab_panosc.json`;
  return JSON.parse(readFileSync(path.resolve(import.meta.dirname, file), 'utf8')) as Catalogue;
}

/** What is shown of English that the catalogue has in the other language. */
async function english(root: Locator, catalogue: Catalogue): Promise<string[]> {
  return (await wordsIn(root)).filter(text => (catalogue[text]?.[0] ?? text) !== text);
}

function run(page: IJupyterLabPageFixture, command: string): Promise<unknown> {
  return page.evaluate(
    name =>
      (
        window as unknown as {
          jupyterapp: { commands: { execute(id: string): Promise<unknown> } };
        }
      ).jupyterapp.commands.execute(name),
    command
  );
}

/** A job that has failed, so that a reason is shown. */
async function failedJob(page: IJupyterLabPageFixture): Promise<void> {
  const { id } = await ask<{ id: string }>(page, 'POST', 'jobs', {
    name: 'no-beam',
    script: '#!/bin/bash\nexit 4\n',
    workdir: workDir
  });
  const state = async (): Promise<string> =>
    (await ask<{ state: string }>(page, 'GET', `jobs/${id}`)).state;
  await expect.poll(state, { timeout: 60_000 }).toBe('failed');
}

for (const language of ['de_DE', 'fr_FR']) {
  test.describe(`in ${language}`, () => {
    const catalogue = catalogueOf(language);
    const say = (msgid: string): string => catalogue[msgid]?.[0] ?? '';

    test.use({
      autoGoto: false,
      // Galata's own waits for a tab with an English name.
      waitForApplication: async ({ baseURL: _ }, use) => {
        await use(async page => {
          await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
          await page.locator('#main .lm-DockPanel').first().waitFor();
        });
      },
      mockSettings: {
        ...galata.DEFAULT_SETTINGS,
        '@jupyterlab/translation-extension:plugin': { locale: language }
      }
    });

    test.beforeEach(async ({ page, request }) => {
      const answer = await request.get(`${process.env['TARGET_URL'] ?? ''}/lab/api/translations/`);
      const { data } = (await answer.json()) as { data: object };
      test.skip(
        !(language in data) && process.env['CI'] !== 'true',
        `jupyterlab-language-pack-${language.replace('_', '-')} is not installed`
      );
      await page.goto();
      await ask(page, 'PUT', 'facility', { id: 'demo' });
    });

    for (const theme of ['light', 'dark'] as const) {
      test(`every view in the ${theme} theme speaks it, and nothing is cut off`, async ({
        page
      }) => {
        await (theme === 'dark' ? page.theme.setDarkTheme() : page.theme.setLightTheme());
        await failedJob(page);
        const panel = new Panel(page);
        await panel.open();
        await page.sidebar.setWidth(300);
        const judge = async (name: string, root: Locator): Promise<void> => {
          await page.screenshot({
            path: path.join(pictures, `${language}-${name}-${theme}.png`)
          });
          expect.soft(await english(root, catalogue), `${name}: English`).toEqual([]);
          expect.soft(await tooWide(root), `${name}: too wide`).toEqual([]);
          expect.soft(await cutOff(root), `${name}: cut off`).toEqual([]);
          expect.soft(await findings(page, root), `${name}: axe`).toEqual([]);
        };

        await test.step('the panel', async () => {
          const data = panel.root.getByRole('region', { name: say('Data'), exact: true });
          await expect(data.getByRole('searchbox')).toHaveAttribute(
            'placeholder',
            say('Search, DOI or proposal')
          );
          await expect(panel.row(data, 'Ceria')).toContainText(say('fits'));
          const jobs = panel.root.getByRole('region', { name: say('Jobs'), exact: true });
          // The sentence comes from the companion.
          await expect(panel.row(jobs, 'no-beam')).toContainText(
            say('the script ended with an error')
          );
          await judge('panel', panel.root);
        });

        await test.step('the dialog of a pull that does not fit', async () => {
          const row = panel.row(panel.root, 'Ptychography');
          await row.hover();
          await row.getByRole('button', { name: say('Pull'), exact: true }).click();
          const dialog = page.getByRole('dialog').filter({ hasText: 'Ptychography' });
          await expect(dialog.getByRole('alert')).toContainText('40 PB');
          await judge('pull', dialog);
          await page.keyboard.press('Escape');
          await expect(dialog).toBeHidden();
        });

        const tab = (heading: string): Locator =>
          page.locator('.jp-panosc-Tab:visible').filter({ hasText: heading });
        await test.step('a new job with a mistake', async () => {
          await run(page, 'panosc-jobs:new');
          const form = tab(say('New job'));
          await form.getByLabel(say('CPUs')).fill('many');
          await expect(form.getByText(say('Write a whole number, at least 1.'))).toBeVisible();
          await judge('new-job', form);
        });

        await test.step('the self-check', async () => {
          await run(page, 'panosc-doctor:open');
          const check = tab(say('State folder'));
          await expect(check.getByText(say('State folder'), { exact: true })).toBeVisible();
          await judge('self-check', check);
        });

        await test.step('finding data', async () => {
          await run(page, 'panosc-datasets:find');
          const found = tab(say('Identifier'));
          await found.getByRole('row').filter({ hasText: 'Silicon powder' }).click();
          await expect(found.getByText(say('restricted'), { exact: true })).toBeVisible();
          await judge('find-data', found);
        });
      });
    }
  });
}
