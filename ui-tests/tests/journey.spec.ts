import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jupyterlab/galata';
import { JobTab } from '../pages/job-tab.ts';
import { NewJob } from '../pages/new-job.ts';
import { Panel } from '../pages/panel.ts';

const stateDir = process.env['PANOSC_UI_STATE'] ?? '';
const workDir = path.join(stateDir, 'work');
const pulled = path.join(workDir, 'data', 'silicon');

/** Process number of the companion that runs now. */
function companionPid(): number {
  const file = path.join(stateDir, 'state', 'companion.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { pid: number }).pid;
}

/** Where pictures for human eyes go. */
const pictures = path.resolve(import.meta.dirname, '../test-results/look');

test.use({ autoGoto: false });

test('from sign-in to a verified result, through a kill of the companion', async ({ page }) => {
  const panel = new Panel(page);
  const newJob = new NewJob(page);
  const job = new JobTab(page, 'integrate');
  const look = async (name: string): Promise<void> => {
    await page.screenshot({ path: path.join(pictures, `journey-${name}.png`) });
  };

  await test.step('the first minute: choose the demo facility', async () => {
    await page.goto();
    await panel.open();
    await page.sidebar.setWidth(300);
    await expect(panel.root.getByText('Look at open data without signing in')).toBeVisible();
    await look('1-first-minute');
    await panel.chooseFacility('Demo facility (on this machine)');
    await expect(panel.account).toHaveAccessibleName('Account: Not signed in');
  });

  await test.step('sign in with a phone', async () => {
    await panel.root.getByRole('button', { name: 'Sign in', exact: true }).click();
    await panel.approveSignIn(() => look('2-sign-in'));
    await expect(panel.account).toHaveAccessibleName('Account: Ada Lovelace');
  });

  const data = await panel.section('Data');
  await test.step('find the silicon data and see that it fits', async () => {
    await data.getByRole('searchbox', { name: 'Search, DOI or proposal' }).fill('silicon powder');
    const row = panel.row(data, 'Silicon powder');
    await expect(row).toContainText(/\d+ MB/);
    await expect(row).toContainText(/· fits/);
    await row.hover();
    await row.getByRole('button', { name: 'Pull' }).click();
  });

  const transfers = await panel.section('Transfers');
  const transfer = panel.row(transfers, 'Silicon powder');
  await test.step('pull it, and lose the companion in the middle', async () => {
    const dialog = page.getByRole('dialog', { name: /Pull Silicon powder/ });
    await expect(dialog.getByText(/free after/)).toBeVisible();
    await expect(dialog.getByText(/session/)).toBeVisible();
    await expect(dialog.getByText(/SHA256SUMS/)).toBeVisible();
    await dialog.getByLabel('To folder').fill(pulled);
    await expect(dialog.getByText(/in 3 files to/)).toBeVisible();
    await dialog.getByRole('button', { name: 'Pull', exact: true }).click();
    await expect(dialog).toBeHidden();

    const bar = transfer.getByRole('progressbar');
    await expect(bar).toBeVisible();
    await expect
      .poll(async () => Number(await bar.getAttribute('aria-valuenow')))
      .toBeGreaterThan(9);
    await look('3-pull');
    const killed = companionPid();
    process.kill(killed, 'SIGKILL');
    await expect(transfer).toContainText('needs you', { timeout: 60_000 });
    await look('4-needs-you');
    expect(companionPid()).not.toBe(killed);
    expect(existsSync(path.join(pulled, 'scan_0003.h5'))).toBe(false);
  });

  await test.step('sign in again: the pull goes on and is verified', async () => {
    await transfer.getByRole('button', { name: 'Sign in' }).click();
    await panel.approveSignIn();
    await expect(panel.account).toHaveAccessibleName('Account: Ada Lovelace');
    await expect(transfer).toContainText('verified ✓', { timeout: 90_000 });
    await look('5-verified');
    expect(existsSync(path.join(pulled, 'scan_0003.h5'))).toBe(true);
  });

  await test.step('take an image of the signed repository into a new job', async () => {
    const software = await panel.section('Software');
    await software.getByRole('searchbox', { name: 'Search software' }).fill('powder');
    const image = panel.row(software, 'powder-tools 1.10.0');
    await expect(image).toContainText('repository verified');
    await image.hover();
    await image.getByRole('button', { name: 'Use in job' }).click();
    await expect(newJob.root.getByText(/powder-tools\.sif/).first()).toBeVisible();
  });

  const hasSlurm = await test.step('write the job and read the exact script', async () => {
    await newJob.field('Name').fill('integrate');
    await newJob.field('Folder').fill(workDir);
    await newJob.field('Result file').fill('result/result.png');
    // environment.sh stands for `module load`: a Python with numpy and h5py.
    await newJob.writeScript(
      `#!/bin/bash\nset -eu\n. ./environment.sh\npython3 integrate.py '${pulled}' result\n`
    );
    const partition = newJob.field('Partition');
    const gpu = newJob.field('GPU');
    const isThere = await partition.isVisible();
    if (isThere) {
      await partition.selectOption('gpu');
      await expect(gpu.getByRole('option', { name: /^a40/ })).toHaveText('a40 — 8 of 8 free');
      await gpu.selectOption('a40');
      await newJob.field('How many GPUs').fill('1');
    } else {
      // Where everything can be installed, local processes must not stand in for a Slurm that did not start.
      expect(
        process.env['CI'],
        'with CI=true the job must run on a real Slurm; the first lines of the output say why there is none'
      ).not.toBe('true');
      test.info().annotations.push({ type: 'local', description: 'no Slurm here: no GPU asked' });
      console.log('No Slurm here: the job runs as a local process, and asks for no GPU.');
    }
    const script = await newJob.exactScript();
    await expect(script).toContainText('/cvmfs/software.demo.example.org/');
    await expect(script).toContainText('powder-tools.sif');
    await expect(script).toContainText(`python3 integrate.py '${pulled}' result`);
    await look('6-new-job');
    await newJob.submit();
    return isThere;
  });

  await test.step('watch its log until it has completed', async () => {
    await expect(job.root).toBeVisible();
    await expect(job.log).toContainText('"lattice_parameter_m"', { timeout: 120_000 });
    await expect(job.root.getByText('completed', { exact: true })).toBeVisible({ timeout: 60_000 });
    await expect(job.root.getByText(/ran WITHOUT the image/)).toBeVisible();
    const numbers = /\{.*\}/.exec((await job.log.textContent()) ?? '')?.[0] ?? '{}';
    const { lattice_parameter_m: lattice } = JSON.parse(numbers) as { lattice_parameter_m: number };
    // The data was made with this lattice parameter of silicon (m).
    expect(Math.abs(lattice - 5.4309e-10)).toBeLessThan(5e-13);
    await look('7-job');
    if (hasSlurm) {
      await expect(job.fact('GPU')).toHaveText('asked for a40 × 1, granted a40 × 1');
    }
  });

  await test.step('open the picture in JupyterLab', async () => {
    await job.openResult();
    const picture = page.locator('.jp-ImageViewer img');
    await expect(picture).toBeVisible();
    await expect
      .poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth))
      .toBe(512);
    await look('8-result');
  });

  await test.step('the whole window, for the README', async () => {
    await page.evaluate(async () => {
      await window.jupyterapp.commands.execute('application:close', {});
    });
    await expect(job.root).toBeVisible();
    await page.evaluate(async () => {
      await window.jupyterapp.commands.execute('docmanager:open', {
        path: 'result/result.png',
        options: { mode: 'split-right' }
      });
    });
    await expect(page.locator('.jp-ImageViewer img')).toBeVisible();
    // Nothing that is over stays on the screen, such as the wish to sign in.
    await expect(page.locator('.Toastify__toast')).toHaveCount(0);
    await look('9-window');
  });
});
