import path from 'node:path';
import { expect, test, type IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';
import { ask } from '../pages/api.ts';
import { findings, tooWide } from '../pages/judges.ts';
import { Panel } from '../pages/panel.ts';
import { viewsOf } from '../pages/views.ts';

const workDir = path.join(process.env['PANOSC_UI_STATE'] ?? '', 'work');
/** Where pictures for human eyes go. */
const pictures = path.resolve(import.meta.dirname, '../test-results/look');

test.use({ autoGoto: false });

interface Named {
  readonly items: readonly {
    readonly title?: string;
    readonly name?: string;
    readonly state: string;
  }[];
}

/** A finished transfer and a finished job, so that there is something to look at. */
async function prepare(page: IJupyterLabPageFixture): Promise<void> {
  const panel = new Panel(page);
  await panel.open();
  await panel.chooseFacility('Demo facility (on this machine)');
  const has = async (target: string, text: string, state: string): Promise<boolean> => {
    const { items } = await ask<Named>(page, 'GET', target);
    return items.some(
      item => (item.title ?? item.name ?? '').includes(text) && item.state === state
    );
  };
  if (!(await has('transfers', 'Ceria', 'as-sent'))) {
    await ask(page, 'POST', 'transfers', { pid: '10.5072/demo/ceo2', to: `${workDir}/data/ceria` });
  }
  if (!(await has('jobs', 'look-at-me', 'completed'))) {
    await ask(page, 'POST', 'jobs', {
      name: 'look-at-me',
      script: '#!/bin/bash\nfor i in 1 2 3; do echo "line $i"; done\n',
      workdir: workDir
    });
  }
  await expect.poll(() => has('transfers', 'Ceria', 'as-sent'), { timeout: 60_000 }).toBe(true);
  await expect.poll(() => has('jobs', 'look-at-me', 'completed'), { timeout: 60_000 }).toBe(true);
}

/** The buttons whose menu offers commands that do the same by hand. */
function copyAsIn(root: Locator): Promise<Locator[]> {
  return root.getByRole('button', { name: /^Copy (?:.* )?as$/ }).all();
}

test('the judges of this file see what is wrong', async ({ page }) => {
  await page.goto();
  const panel = new Panel(page);
  await panel.open();
  await panel.chooseFacility('Demo facility (on this machine)');
  await (await panel.section('Jobs')).getByRole('button', { name: 'New job' }).first().waitFor();
  expect(await findings(page, panel.root)).toEqual([]);
  expect(await tooWide(panel.root)).toEqual([]);
  const bad = await panel.root.evaluateHandle(root => {
    const made = document.createElement('p');
    made.style.cssText = 'color: #bbb; background: #ccc';
    made.textContent = 'hard to read, and too wide';
    root.prepend(made);
    return made;
  });
  expect((await findings(page, panel.root)).join()).toContain('color-contrast');
  await bad.evaluate(made => (made.style.width = '2000px'));
  expect((await tooWide(panel.root)).join()).toContain('too wide');
});

for (const theme of ['light', 'dark'] as const) {
  test(`every view in the ${theme} theme: nothing serious for axe, nothing cut off`, async ({
    page
  }) => {
    await page.goto();
    await (theme === 'dark' ? page.theme.setDarkTheme() : page.theme.setLightTheme());
    await prepare(page);
    await page.sidebar.setWidth(300);
    for (const view of viewsOf(page)) {
      await test.step(view.name, async () => {
        const root = await view.open();
        await page.screenshot({ path: path.join(pictures, `${view.name}-${theme}.png`) });
        expect.soft(await findings(page, root), `${view.name}, ${theme}`).toEqual([]);
        expect.soft(await tooWide(root), `${view.name}, ${theme}: too wide`).toEqual([]);
        for (const [index, button] of (await copyAsIn(root)).entries()) {
          await button.click();
          await expect(root.getByRole('menuitem').first()).toBeFocused();
          const name = `${view.name}-copy-as-${index}-${theme}`;
          await page.screenshot({ path: path.join(pictures, `${name}.png`) });
          expect.soft(await findings(page, root), name).toEqual([]);
          expect.soft(await tooWide(root), `${name}: too wide`).toEqual([]);
          await page.keyboard.press('Escape');
          await expect(button).toBeFocused();
        }
      });
    }
    await test.step('a sidebar of 280 px', async () => {
      const panel = new Panel(page);
      await page.sidebar.setWidth(280);
      await page.screenshot({ path: path.join(pictures, `narrow-${theme}.png`) });
      expect.soft(await tooWide(panel.root)).toEqual([]);
    });
  });
}
