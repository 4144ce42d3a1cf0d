import { createRequire } from 'node:module';
import path from 'node:path';
import { defineConfig } from '@playwright/test';

const base = createRequire(import.meta.url)('@jupyterlab/galata/lib/playwright-config') as {
  use: object;
};
const port = process.env['PANOSC_UI_PORT'] ?? '8897';
const address = `http://127.0.0.1:${port}`;
process.env['TARGET_URL'] = address;

/** Debian's Chromium, kept from talking to anybody; no video, which would need ffmpeg. */
export default defineConfig({
  ...base,
  testDir: 'tests',
  workers: 1,
  retries: 0,
  timeout: 180_000,
  reporter: [['list']],
  use: {
    ...base.use,
    baseURL: address,
    video: 'off',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run'
      ]
    }
  },
  webServer: {
    command: `node ${path.join(import.meta.dirname, 'start-lab.ts')} ${port}`,
    url: `${address}/lab`,
    timeout: 240_000,
    reuseExistingServer: false,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 15_000 },
    stdout: 'pipe'
  }
});
