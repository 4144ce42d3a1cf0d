import { mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { defineConfig } from '@playwright/test';
import { chromiumArgs, chromiumProgram } from './chromium.ts';

/** A port that nobody listens on just now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}

const base = createRequire(import.meta.url)('@jupyterlab/galata/lib/playwright-config') as {
  use: object;
};
// Where both are given, a start-lab.ts that runs already is used: handy while writing tests.
const isGiven = 'PANOSC_UI_PORT' in process.env && 'PANOSC_UI_STATE' in process.env;
// Each worker process reads this file again and must find what the first one chose.
process.env['PANOSC_UI_PORT'] ??= String(await freePort());
process.env['PANOSC_UI_STATE'] ??= mkdtempSync(path.join(tmpdir(), 'panosc-ui-'));
const address = `http://127.0.0.1:${process.env['PANOSC_UI_PORT']}`;
process.env['TARGET_URL'] = address;

/** No video, which would need ffmpeg. */
export default defineConfig({
  ...base,
  testDir: 'tests',
  // All share one server: the journey begins where nobody has chosen a facility yet.
  projects: [
    { name: 'first minute', testMatch: 'journey.spec.ts' },
    { name: 'then', testIgnore: 'journey.spec.ts' }
  ],
  workers: 1,
  retries: 0,
  timeout: 240_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    ...base.use,
    baseURL: address,
    viewport: { width: 1280, height: 800 },
    actionTimeout: 15_000,
    video: 'off',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: chromiumProgram,
      args: chromiumArgs
    }
  },
  webServer: {
    command: `"${process.execPath}" "${path.join(import.meta.dirname, 'start-lab.ts')}"`,
    url: `${address}/lab`,
    timeout: 240_000,
    reuseExistingServer: isGiven,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 30_000 },
    stdout: 'pipe'
  }
});
