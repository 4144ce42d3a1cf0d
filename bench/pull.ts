/**
 * How fast one large file comes from nginx on loopback, its SHA-256 compared, against the faster of
 * `rclone copyurl` and `curl`, which compare nothing. Nobody syncs to the disk in the timed part.
 *
 * `node bench/pull.ts`; the last line is one JSON document. `PANOSC_BENCH_BYTES`, `PANOSC_BENCH_ROUNDS`,
 * `PANOSC_BENCH_DIR` and `PANOSC_RCLONE` change size, rounds, folder and program.
 */
import { copyFileSync, truncateSync } from 'node:fs';
import { findProgram } from './support/find-program.ts';
import { median, serveLargeFile, timeCommand } from './support/served-file.ts';

const rounds = Number(process.env['PANOSC_BENCH_ROUNDS'] ?? 5);
const rclone = findProgram('rclone', 'PANOSC_RCLONE');
const curl = findProgram('curl', 'PANOSC_CURL');

const served = await serveLargeFile();
if (served === null || curl === null) {
  console.error('This bench needs nginx and curl.');
  process.exit(1);
}
const { close, fresh, pull, sizeBytes, source, url } = served;
const rateOf = (ms: number, bytes = sizeBytes): number => bytes / 1e6 / (ms / 1000);
const rates: Record<'ours' | 'asSent' | 'rclone' | 'curl' | 'curlContinue' | 'cp', number[]> = {
  ours: [],
  asSent: [],
  rclone: [],
  curl: [],
  curlContinue: [],
  cp: []
};
const peaks: number[] = [];

async function timeOurs(isVerified: boolean): Promise<void> {
  const report = await pull(fresh(), { isVerified });
  if (report !== 'killed') {
    rates[isVerified ? 'ours' : 'asSent'].push(rateOf(report.ms));
    peaks.push(((report.peakKib ?? Number.NaN) * 1024) / 1e6);
  }
}

async function timeRclone(): Promise<void> {
  if (rclone !== null) {
    rates.rclone.push(rateOf(await timeCommand(rclone, ['copyurl', url, fresh()])));
  }
}

async function timeCurl(program: string): Promise<void> {
  const options = ['--silent', '--fail', '--output'];
  rates.curl.push(rateOf(await timeCommand(program, [...options, fresh(), url])));
}

async function timeCurlContinue(program: string): Promise<void> {
  const half = fresh();
  copyFileSync(source, half);
  truncateSync(half, Math.floor(sizeBytes / 2));
  const options = ['--silent', '--fail', '--continue-at', '-', '--output', half, url];
  rates.curlContinue.push(rateOf(await timeCommand(program, options), sizeBytes / 2));
}

try {
  const ways = [
    () => timeOurs(true),
    timeRclone,
    () => timeCurl(curl),
    () => timeCurlContinue(curl),
    () => timeOurs(false),
    async () => void rates.cp.push(rateOf(await timeCommand('cp', [source, fresh()])))
  ];
  for (let round = 0; round < rounds; round++) {
    // Each once after each other: what one leaves in the page cache is paid for by the next.
    for (let turn = 0; turn < ways.length; turn++) {
      await ways[(round + turn) % ways.length]?.();
    }
  }
} finally {
  await close();
}
const rounded = (value: number): number | null =>
  Number.isFinite(value) ? Math.round(value * 10) / 10 : null;
const ours = median(rates.ours);
const isRclone = median(rates.rclone) > median(rates.curl);
const reference = median(isRclone ? rates.rclone : rates.curl);
console.log(
  JSON.stringify({
    bench: 'pull',
    what: `one file of ${sizeBytes} bytes from nginx on loopback, SHA-256 compared`,
    unit: 'MB/s',
    ours: rounded(ours),
    reference: rounded(reference),
    ratio: Math.round((ours / reference) * 1000) / 1000,
    extra: {
      reference: `${isRclone ? 'rclone copyurl' : 'curl'}, which compares nothing${rclone === null ? '; rclone is not installed' : ''}`,
      clock: 'ours: the pull with the start of its threads; others: the whole process',
      rcloneMBs: rounded(median(rates.rclone)),
      curlMBs: rounded(median(rates.curl)),
      curlContinueMBs: rounded(median(rates.curlContinue)),
      cpMBs: rounded(median(rates.cp)),
      oursAsSentMBs: rounded(median(rates.asSent)),
      oursAllMBs: rates.ours.map(rounded),
      referenceAllMBs: (isRclone ? rates.rclone : rates.curl).map(rounded),
      peakRssMB: rounded(Math.max(...peaks)),
      rounds,
      node: process.version
    }
  })
);
