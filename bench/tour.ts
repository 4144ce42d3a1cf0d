/**
 * From `pip install` of the wheel, into an environment that has JupyterLab and nothing of ours, to open data of the demo
 * facility that are here and verified, by real clicks in Chromium. pip's cache is warm; nobody else's tool does this, so
 * there is no reference.
 *
 * `node bench/tour.ts`; the last line is one JSON document. PANOSC_BENCH_ROUNDS says how often (3).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { startFacility } from '../demo/facility.ts';
import { launch, watchedPage } from '../ui-tests/smoke/browser.ts';
import { wheelFile } from '../ui-tests/smoke/environment.ts';
import { startJupyter } from '../ui-tests/smoke/jupyter-process.ts';
import { publishChecksums, pullOpenData } from '../ui-tests/smoke/open-data.ts';

const AIM_SECONDS = 60;
const AIM_CLICKS = 6;
const ROUNDS = Number(process.env['PANOSC_BENCH_ROUNDS'] ?? '3');
const venv = path.resolve(import.meta.dirname, '../.venv/bin');

interface Round {
  readonly clicks: number;
  readonly pipSeconds: number;
  readonly startSeconds: number;
  readonly browserSeconds: number;
}

const run = (program: string, ...args: string[]): Buffer =>
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });

const secondsSince = (start: number): number => (performance.now() - start) / 1000;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** A fresh environment as people have it before they have heard of us. */
function environmentWithLab(folder: string): string {
  const uv = path.join(venv, 'uv');
  run(uv, 'venv', '--quiet', '--seed', '--python', path.join(venv, 'python'), folder);
  const python = path.join(folder, 'bin', 'python');
  run(uv, 'pip', 'install', '--quiet', '--python', python, 'jupyterlab==4.6.*');
  return path.join(folder, 'bin');
}

function install(bin: string): void {
  const ours = `jupyterlab-panosc[node] @ file://${wheelFile()}`;
  run(
    path.join(bin, 'python'),
    ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ours]
  );
}

async function tour(folder: string, profiles: string): Promise<Round> {
  const bin = environmentWithLab(folder);
  const begun = performance.now();
  install(bin);
  const pipSeconds = secondsSince(begun);

  const starting = performance.now();
  const jupyter = await startJupyter({
    bin,
    program: 'jupyter-lab',
    env: { PANOSC_PROFILES: profiles, PANOSC_INSECURE_LOOPBACK: '1' }
  });
  const startSeconds = secondsSince(starting);
  const opening = performance.now();
  const browser = await launch();
  try {
    const { page } = await watchedPage(browser);
    await page.goto(`${jupyter.url}lab`);
    const clicks = await pullOpenData(page);
    return { clicks, pipSeconds, startSeconds, browserSeconds: secondsSince(opening) };
  } finally {
    await browser.close();
    await jupyter.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const folder = mkdtempSync(path.join(tmpdir(), 'panosc-tour-'));
const facility = await startFacility({
  stateDir: folder,
  python: path.join(venv, 'python'),
  bytesPerSecond: 0
});
publishChecksums(path.join(folder, 'store'));
try {
  const rounds: Round[] = [];
  // The first one fills pip's cache and is not counted.
  install(environmentWithLab(path.join(folder, 'warm')));
  for (let round = 0; round < ROUNDS; round += 1) {
    rmSync(path.join(facility.workDir, 'data'), { recursive: true, force: true });
    rounds.push(await tour(path.join(folder, `venv-${round}`), path.dirname(facility.profileFile)));
  }
  const of = (name: keyof Round): number =>
    Number(median(rounds.map(round => round[name])).toFixed(1));
  const totals = rounds.map(
    ({ pipSeconds, startSeconds, browserSeconds }) => pipSeconds + startSeconds + browserSeconds
  );
  const seconds = Number(median(totals).toFixed(1));
  const clicks = Math.max(...rounds.map(round => round.clicks));
  console.log(
    JSON.stringify({
      bench: 'tour',
      what: 'from pip install of the wheel, beside a JupyterLab, to verified open data (demo facility, Chromium)',
      unit: 's',
      ours: seconds,
      reference: null,
      ratio: null,
      extra: {
        clicks,
        aimSeconds: AIM_SECONDS,
        aimClicks: AIM_CLICKS,
        isWithinAim: seconds <= AIM_SECONDS && clicks <= AIM_CLICKS,
        pipSeconds: of('pipSeconds'),
        jupyterStartSeconds: of('startSeconds'),
        browserSeconds: of('browserSeconds'),
        rounds: ROUNDS,
        loadAverage: Number((loadavg()[0] ?? 0).toFixed(2))
      }
    })
  );
} finally {
  await facility.close();
  rmSync(folder, { recursive: true, force: true });
}
