/**
 * What JupyterLab loads of ours at boot with nothing opened: raw JavaScript bytes and requests, seen by a real Chromium;
 * the reference is jupyterlab-slurm in an environment of its own (made under bench/results when `uv` can install it).
 *
 * `node bench/boot.mjs`; the last line is one JSON document.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const built = path.join(root, 'jupyterlab_panosc', 'labextension');
const AIM_BYTES = 40_000;
const AIM_REQUESTS = 4;

/** Playwright belongs to the browser tests, which have a lock file of their own. */
const { chromium } = createRequire(path.join(root, 'ui-tests', 'package.json'))('playwright-core');

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function until(isTrue, what) {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (await isTrue()) {
      return;
    }
    await new Promise(resolve => setTimeout(resolve, 200));
  }
  throw new Error(`waited too long for ${what}`);
}

/** JupyterLab of one environment; ours is linked from where it was built, without installing it. */
async function startLab(bin, folder, extraExtensions) {
  const port = await freePort();
  const home = path.join(folder, 'home');
  mkdirSync(home, { recursive: true });
  const lab = spawn(
    path.join(bin, 'jupyter-lab'),
    [
      '--no-browser',
      '--allow-root',
      '--IdentityProvider.token=',
      '--LabApp.news_url=None',
      '--ServerApp.ip=127.0.0.1',
      `--ServerApp.port=${port}`,
      '--ServerApp.port_retries=0',
      `--ServerApp.root_dir=${home}`,
      ...(extraExtensions === null ? [] : [`--LabApp.extra_labextensions_path=${extraExtensions}`])
    ],
    {
      env: {
        ...process.env,
        HOME: home,
        JUPYTER_CONFIG_DIR: path.join(folder, 'config'),
        PATH: `${bin}:${process.env.PATH}`
      },
      stdio: 'ignore'
    }
  );
  const stop = async () => {
    if (lab.exitCode === null && lab.signalCode === null) {
      const gone = once(lab, 'exit');
      lab.kill('SIGTERM');
      const timer = setTimeout(() => lab.kill('SIGKILL'), 8_000);
      await gone;
      clearTimeout(timer);
    }
  };
  const url = `http://127.0.0.1:${port}/lab`;
  try {
    await until(async () => (await fetch(url).catch(() => null))?.ok === true, 'JupyterLab');
  } catch (problem) {
    await stop();
    throw problem;
  }
  return { url, stop };
}

/** Starts JupyterLab, lets `look` at it, and ends it whatever happened. */
async function withLab(bin, folder, extraExtensions, look) {
  const lab = await startLab(bin, folder, extraExtensions);
  try {
    return await look(lab.url);
  } finally {
    await lab.stop();
  }
}

/** Scripts of one extension that the page has loaded when everything is quiet. */
async function measure(browser, url, extension, isPanelOpened) {
  const page = await browser.newPage();
  const scripts = [];
  page.on('response', response => {
    const address = new URL(response.url());
    if (
      address.pathname.includes(`/extensions/${extension}/`) &&
      address.pathname.endsWith('.js')
    ) {
      scripts.push(response.body().then(body => body.length));
    }
  });
  await page.goto(url, { waitUntil: 'networkidle' });
  await page.waitForSelector('.jp-Launcher', { timeout: 60_000 });
  await page.waitForLoadState('networkidle');
  if (isPanelOpened) {
    await page.locator('.jp-SideBar [data-id="jp-panosc-sidebar"]').click();
    await page.waitForLoadState('networkidle');
  }
  const sizes = await Promise.all(scripts);
  await page.close();
  return { bytes: sizes.reduce((sum, size) => sum + size, 0), requests: sizes.length };
}

/** The environment with jupyterlab-slurm; null where it cannot be made. */
function referenceBin() {
  const folder = path.join(root, 'bench', 'results', 'boot-reference');
  const bin = path.join(folder, 'bin');
  const extension = path.join(folder, 'share', 'jupyter', 'labextensions', 'jupyterlab-slurm');
  if (!existsSync(extension)) {
    mkdirSync(path.dirname(folder), { recursive: true });
    const uv = path.join(root, '.venv', 'bin', 'uv');
    spawnSync(uv, ['venv', '-q', folder], { stdio: 'inherit' });
    const packages = ['jupyterlab', 'jupyterlab-slurm'];
    const python = path.join(bin, 'python');
    spawnSync(uv, ['pip', 'install', '-q', '--python', python, ...packages], { stdio: 'inherit' });
  }
  return existsSync(extension) ? bin : null;
}

const folder = mkdtempSync(path.join(tmpdir(), 'panosc-boot-'));
const linked = path.join(folder, 'labextensions');
mkdirSync(linked);
symlinkSync(built, path.join(linked, 'jupyterlab-panosc'));
if (existsSync(path.join(built, 'build_log.json'))) {
  throw new Error('this is a development build: run "npm run build:labextension" first');
}
const chromiumPath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const browser = await chromium.launch({
  executablePath: chromiumPath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run']
});
try {
  const ownBin = path.join(root, '.venv', 'bin');
  const { ours, opened } = await withLab(ownBin, path.join(folder, 'ours'), linked, async url => ({
    ours: await measure(browser, url, 'jupyterlab-panosc', false),
    opened: await measure(browser, url, 'jupyterlab-panosc', true)
  }));

  const bin = referenceBin();
  const reference =
    bin === null
      ? null
      : await withLab(bin, path.join(folder, 'reference'), null, url =>
          measure(browser, url, 'jupyterlab-slurm', false)
        );
  const result = {
    bench: 'boot',
    what: 'raw JavaScript of the extension at boot, nothing opened',
    unit: 'B',
    ours: ours.bytes,
    reference: reference?.bytes ?? null,
    ratio: reference === null ? null : Number((ours.bytes / reference.bytes).toFixed(3)),
    extra: {
      requests: ours.requests,
      referenceRequests: reference?.requests ?? null,
      aimBytes: AIM_BYTES,
      aimRequests: AIM_REQUESTS,
      isWithinAim: ours.bytes <= AIM_BYTES && ours.requests <= AIM_REQUESTS,
      withPanelOpened: opened
    }
  };
  console.log(JSON.stringify(result));
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
