import path from 'node:path';
import { expect, test, type IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';
import { ask } from '../pages/api.ts';
import { JobTab } from '../pages/job-tab.ts';
import { cutOff, findings, tooWide } from '../pages/judges.ts';
import { NewJob } from '../pages/new-job.ts';
import { Panel } from '../pages/panel.ts';

const DEMO = 'Demo facility (on this machine)';
const workDir = path.join(process.env['PANOSC_UI_STATE'] ?? '', 'work');
/** Where pictures for human eyes go. */
const pictures = path.resolve(import.meta.dirname, '../test-results/look');

test.use({ autoGoto: false });

/** Goes on with Tab until the focus is there; each stop on the way is one that a person can see. */
async function tabTo(page: IJupyterLabPageFixture, what: Locator, key = 'Tab'): Promise<void> {
  await expect(what).toBeVisible();
  for (let step = 0; step < 60; step++) {
    if (await what.evaluate(element => element === document.activeElement)) {
      expect(await what.evaluate(hasMark), 'the focus can be seen').toBe(true);
      return;
    }
    await page.keyboard.press(key);
  }
  await expect(what, 'reached with Tab').toBeFocused();
}

/** An outline, a ring or another border tells where the focus is. */
function hasMark(element: Element): boolean {
  const shown = [element, element.parentElement, element.closest('.jp-panosc-ScriptEditor')];
  const isMarked = shown.some(part => {
    const style = part === null ? null : getComputedStyle(part);
    return (
      style !== null &&
      ((style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) ||
        style.boxShadow !== 'none')
    );
  });
  if (isMarked || !(element instanceof HTMLElement)) {
    return isMarked;
  }
  const focused = getComputedStyle(element).borderColor;
  element.blur();
  const blurred = getComputedStyle(element).borderColor;
  element.focus();
  return focused !== blurred;
}

/** Opens a tab of Lab's with the command palette, as people without a mouse do. */
async function command(page: IJupyterLabPageFixture, name: string): Promise<void> {
  await page.keyboard.press('ControlOrMeta+Shift+C');
  const box = page.locator('#modal-command-palette input');
  await expect(box).toBeFocused();
  await page.keyboard.type(name);
  await expect(page.locator('#modal-command-palette .lm-mod-active')).toContainText(name);
  await page.keyboard.press('Enter');
}

test('the journey without a mouse: data, job and log with Tab, arrows, Enter and Escape', async ({
  page
}) => {
  await page.goto();
  const panel = new Panel(page);
  const { keyboard } = page;
  const target = `~/keys-${Date.now()}`;

  await test.step('the panel by its command', async () => {
    if (await panel.root.isVisible()) {
      await page.sidebar.close('left');
    }
    await command(page, 'Photon & Neutron: open the panel');
    await expect(panel.root).toBeVisible();
    await expect
      .poll(() => panel.root.evaluate(root => root.contains(document.activeElement)))
      .toBe(true);
  });

  await test.step('the facility by the menu of the header, and back where one was', async () => {
    const chooser = panel.root.getByRole('group', { name: 'Choose your facility' });
    const header = panel.root.getByRole('button', { name: /^Facility:/ });
    await expect(chooser.or(header).first()).toBeVisible();
    if (!(await chooser.isVisible())) {
      await tabTo(page, header);
      await keyboard.press('Enter');
      await expect(page.getByRole('menu')).toBeVisible();
      await keyboard.press('Escape');
      await expect(page.getByRole('menu')).toBeHidden();
      await expect(header).toBeFocused();
      await keyboard.press('Enter');
      await keyboard.press('ArrowDown');
      await keyboard.press('Enter');
    }
    await tabTo(page, chooser.getByRole('button', { name: DEMO }));
    await keyboard.press('Enter');
    await expect(header).toHaveAccessibleName(`Facility: ${DEMO}`);
  });

  await test.step('find data, look into the dialog, leave it, pull', async () => {
    const data = panel.root.getByRole('region', { name: 'Data', exact: true });
    await tabTo(page, data.getByRole('searchbox'));
    await keyboard.type('ceria');
    const row = panel.row(data, 'Ceria powder');
    await expect(data.getByRole('row')).toHaveCount(1);
    await tabTo(page, row);
    const pull = row.getByRole('button', { name: 'Pull' });
    await tabTo(page, pull);
    await keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: /^Pull Ceria/ });
    await expect(dialog.getByLabel('To folder')).toBeFocused();
    await keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await expect(pull).toBeFocused();
    await keyboard.press('Enter');
    await expect(dialog.getByLabel('To folder')).toBeFocused();
    await keyboard.press('ControlOrMeta+A');
    await keyboard.type(target);
    await expect(dialog.getByText(/in 2 files to/)).toBeVisible();
    await tabTo(page, dialog.getByRole('button', { name: 'Pull', exact: true }));
    await keyboard.press('Enter');
    await expect(dialog).toBeHidden();
    // There it can be watched.
    const title = panel.root.getByRole('button', { name: 'Transfers', exact: true });
    await expect(title).toBeFocused();
  });

  await test.step('watch the transfer, and open it', async () => {
    const transfers = panel.root.getByRole('region', { name: 'Transfers', exact: true });
    const row = panel.row(transfers, target);
    await expect(row).toContainText('as sent', { timeout: 60_000 });
    await tabTo(page, panel.row(transfers, /./));
    await keyboard.press('Enter');
    const tab = page.locator('.jp-panosc-Tab:visible').filter({ hasText: 'Checksum' });
    await expect(tab.getByText('scan_0002.h5')).toBeVisible();
  });

  const newJob = new NewJob(page);
  await test.step('an image into a new job', async () => {
    await command(page, 'Photon & Neutron: open the panel');
    const software = panel.root.getByRole('region', { name: 'Software', exact: true });
    const fold = software.getByRole('button', { name: 'Software', exact: true });
    await tabTo(page, fold);
    if ((await fold.getAttribute('aria-expanded')) === 'false') {
      await keyboard.press('Enter');
    }
    const row = panel.row(software, 'powder-tools');
    await tabTo(page, row);
    await tabTo(page, row.getByRole('button', { name: 'Use in job' }));
    await keyboard.press('Enter');
    await expect(newJob.root).toBeVisible();
  });

  await test.step('write and submit it', async () => {
    // The editor takes Tab for itself until Escape, as it says below it.
    const editor = newJob.root.getByRole('textbox', { name: 'Script', exact: true });
    await tabTo(page, editor);
    await keyboard.press('ControlOrMeta+A');
    await keyboard.insertText('#!/bin/bash\necho "no mouse here"\n');
    await keyboard.press('Escape');
    await keyboard.press('Tab');
    await expect(editor).not.toBeFocused();
    await tabTo(page, newJob.field('Name'));
    await keyboard.press('ControlOrMeta+A');
    await keyboard.type('by-keys');
    await tabTo(page, newJob.field('Folder'));
    await keyboard.press('ControlOrMeta+A');
    await keyboard.type(workDir);
    await tabTo(page, newJob.root.getByRole('button', { name: 'Submit', exact: true }));
    await keyboard.press('Enter');
  });

  await test.step('read its log', async () => {
    const job = new JobTab(page, 'by-keys');
    await expect(job.log).toContainText('no mouse here', { timeout: 60_000 });
    await expect(job.root.getByText('completed', { exact: true })).toBeVisible({ timeout: 60_000 });
    await tabTo(page, job.root.getByRole('tab', { name: 'Output' }));
    await keyboard.press('ArrowRight');
    await expect(job.root.getByRole('tab', { name: 'Errors' })).toBeFocused();
    await expect(job.root.getByRole('tab', { name: 'Errors' })).toHaveAttribute(
      'aria-selected',
      'true'
    );
  });
});

test('the panel as a screen reader gets it', async ({ page }) => {
  await page.goto();
  const panel = new Panel(page);
  await panel.open();
  await panel.chooseFacility(DEMO);
  await panel.signOut();
  const data = await panel.section('Data');
  await data.getByRole('searchbox').fill('ceria');
  await expect(data.getByRole('row')).toHaveCount(1);
  await expect(panel.root).toMatchAriaSnapshot(`
    - region "Photon & Neutron":
      - 'button "Account: Not signed in"'
      - 'button "Facility: ${DEMO}"'
  `);
  await expect(data).toMatchAriaSnapshot(`
    - region "Data":
      - heading "Data" [level=2]:
        - button "Data" [expanded]
      - search:
        - searchbox "Search, DOI or proposal": ceria
      - grid "Datasets":
        - row /Ceria powder.*fits.*Pull/:
          - gridcell /Ceria powder/:
            - button "Pull"
      - status: 1 dataset shown
  `);
  await expect(panel.root.getByRole('region', { name: 'Jobs', exact: true })).toMatchAriaSnapshot(`
    - heading "Jobs" [level=2]:
      - button "Jobs" [expanded]
    - button "New job"
  `);
});

test('field request 34: updates of lists are announced, every icon has text, and axe is content', async ({
  page
}) => {
  await page.goto();
  const panel = new Panel(page);
  await panel.open();
  await panel.chooseFacility(DEMO);
  await ask(page, 'POST', 'transfers', {
    pid: '10.5072/demo/ceo2',
    to: `${workDir}/announced-${Date.now()}`
  });
  const { id } = await ask<{ id: string }>(page, 'POST', 'jobs', {
    name: 'announced',
    script: '#!/bin/bash\nread -t 30 < /dev/zero || true\nexit 3\n',
    workdir: workDir
  });

  await test.step('what a search finds is said', async () => {
    const data = await panel.section('Data');
    const said = data.locator('.jp-panosc-HiddenText[role=status]');
    await data.getByRole('searchbox').fill('powder');
    await expect(said).toHaveText('2 datasets shown');
    await data.getByRole('searchbox').fill('ceria');
    await expect(said).toHaveText('1 dataset shown');
    await expect(said).toHaveAttribute('role', 'status');
  });

  for (const title of ['Transfers', 'Jobs']) {
    await test.step(`${title} have a region for news`, async () => {
      const live = (await panel.section(title)).locator('[aria-live="polite"]');
      await expect(live.first()).toBeAttached();
    });
  }

  await test.step('text for every icon', async () => {
    const silent = await panel.root.evaluate(root =>
      [...root.querySelectorAll('svg')]
        .filter(svg => {
          const named = svg.closest('[aria-label], [title], [role=img]');
          const holder = svg.closest('button, a, span, li, div');
          const words = svg.closest('button, a, [role=row], li, p, label, .jp-panosc-JobState');
          const isHidden = svg.closest('[aria-hidden="true"]') !== null;
          return named === null && !(isHidden && (words ?? holder)?.textContent?.trim() !== '');
        })
        .map(svg => svg.parentElement?.outerHTML.slice(0, 200))
    );
    expect(silent).toEqual([]);
    const nameless = await panel.root.evaluate(root =>
      [...root.querySelectorAll('button')]
        .filter(
          button => (button.getAttribute('aria-label') ?? button.textContent ?? '').trim() === ''
        )
        .map(button => button.outerHTML.slice(0, 200))
    );
    expect(nameless).toEqual([]);
  });

  await test.step('axe', async () => {
    expect(await findings(page, panel.root)).toEqual([]);
  });
  await ask(page, 'POST', `jobs/${id}/cancel`).catch(() => undefined);
});

test('nothing moves for people who asked for reduced motion', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto();
  const panel = new Panel(page);
  await panel.open();
  await panel.chooseFacility(DEMO);
  // A bar of which nobody knows the end, the one thing that would move.
  const moving = (): Promise<string[]> =>
    panel.root.evaluate(root => {
      const bar = document.createElement('div');
      bar.className = 'jp-panosc-Progress jp-mod-unknown';
      bar.innerHTML = '<div class="jp-panosc-Progress-fill"></div>';
      root.querySelector('.jp-panosc-React')?.append(bar);
      const names = root
        .getAnimations({ subtree: true })
        .map(animation => (animation as CSSAnimation).animationName);
      bar.remove();
      return names;
    });
  expect(await moving()).toEqual([]);
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  expect(await moving()).toEqual(['jp-panosc-stripes']);
});

test.describe('at 200 % zoom', () => {
  // What a window of 1280 × 800 shows at 200 %.
  test.use({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 });

  test('the panel of 280 px scrolls down only, and nothing is cut off', async ({ page }) => {
    await page.goto();
    const panel = new Panel(page);
    await panel.open();
    await panel.chooseFacility(DEMO);
    await page.sidebar.setWidth(280);
    const data = await panel.section('Data');
    await expect(panel.row(data, 'Ceria powder')).toBeVisible();
    await page.screenshot({ path: path.join(pictures, 'zoom-panel.png') });
    expect(await tooWide(panel.root)).toEqual([]);
    expect(await cutOff(panel.root)).toEqual([]);
    const scroller = panel.root.locator('.jp-panosc-React');
    expect(await scroller.evaluate(root => root.scrollWidth <= root.clientWidth + 1)).toBe(true);
    // The last section can be reached.
    const last = panel.root.getByRole('button', { name: 'Software', exact: true });
    await last.focus();
    await expect(last).toBeInViewport();
  });

  test('the form of a new job fits below the menu', async ({ page }) => {
    await page.goto();
    const panel = new Panel(page);
    await panel.open();
    await panel.chooseFacility(DEMO);
    await command(page, 'New Job');
    await page.sidebar.close('left');
    const { root } = new NewJob(page);
    await expect(root).toBeVisible();
    await page.screenshot({ path: path.join(pictures, 'zoom-new-job.png') });
    expect(await tooWide(root)).toEqual([]);
    expect(await cutOff(root)).toEqual([]);
    const submit = root.getByRole('button', { name: 'Submit', exact: true });
    await submit.focus();
    await expect(submit).toBeInViewport();
  });
});

test('a bar shows how far it is where the system chooses the colours', async ({ page }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await page.goto();
  const panel = new Panel(page);
  await panel.open();
  await panel.chooseFacility(DEMO);
  const colours = await panel.root.evaluate(root => {
    const bar = document.createElement('div');
    bar.className = 'jp-panosc-Progress';
    bar.innerHTML = '<div class="jp-panosc-Progress-fill" style="width: 50%"></div>';
    root.querySelector('.jp-panosc-React')?.append(bar);
    const of = (element: Element): string => getComputedStyle(element).backgroundColor;
    const both = [of(bar), of(bar.firstElementChild ?? bar)];
    bar.remove();
    return both;
  });
  expect(new Set(colours).size).toBe(2);
});
