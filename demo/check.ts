import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type {
  AcceleratorList,
  Dataset,
  ImageDetail,
  ImagePage,
  Job,
  Page,
  SigninState,
  Transfer
} from '../src/contract/index.ts';
import { approve } from './approve.ts';
import { CERIA_PID, SILICON_PID } from './catalogue.ts';
import type { CommandLine } from './command-line.ts';
import { endEverything } from './end-everything.ts';

/** Lattice parameter of silicon that the data was made with, in metres; the job must find it again. */
const SILICON_LATTICE_M = 5.4309e-10;
const TOLERANCE_M = 5e-13;

/** Waits for the companion's next answer, not for time to pass. */
const PAUSE_MS = 250;
const PATIENCE_MS = 300_000;

function must(condition: boolean, what: string): void {
  if (!condition) {
    throw new Error(what);
  }
}

interface Walk {
  readonly cli: CommandLine;
  readonly stateDir: string;
  readonly jobFolder: string;
  readonly dataDir: string;
}

async function signIn({ cli }: Walk): Promise<string> {
  const { child, ended } = cli.start('signin');
  for await (const line of createInterface({ input: child.stderr as NodeJS.ReadableStream })) {
    const link = /^Open\s+(\S+)/.exec(line)?.[1];
    if (link !== undefined) {
      await approve(link);
      break;
    }
  }
  const { exitCode, stdout } = await ended;
  must(exitCode === 0, `signin ended with ${exitCode}: ${stdout}`);
  const state = JSON.parse(stdout) as SigninState;
  must(state.state === 'signed-in', `the state is ${state.state}`);
  return `as ${state.account?.name ?? ''}`;
}

async function findDataset({ cli }: Walk): Promise<string> {
  const found = await cli.json<Page<Dataset>>('search', 'silicon', 'powder');
  const dataset = found.items.find(item => item.pid === SILICON_PID);
  must(dataset !== undefined, 'the silicon dataset was not found');
  must(dataset?.fits === true, 'the silicon dataset does not fit on this disk');
  must(dataset?.isPublic === false, 'the silicon dataset is said to be open');
  const all = await cli.json<Page<Dataset>>('search', 'ptychography');
  must(all.items[0]?.fits === false, 'a dataset of 40 PB is said to fit');
  return `${dataset?.fileCount ?? '–'} files, ${Math.round((dataset?.sizeBytes ?? 0) / 1e6)} MB, restricted, fits`;
}

/** How a transfer is; exit code 3 says that it waits for the person. */
async function look(cli: CommandLine, id: string): Promise<Transfer> {
  const { exitCode, stderr, stdout } = await cli.run('transfer', id);
  must(exitCode === 0 || exitCode === 3, `transfer ended with ${exitCode}: ${stderr}`);
  return JSON.parse(stdout) as Transfer;
}

/** Pulls, kills the companion with -9 in the middle, and sees the pull go on in the next one. */
async function pullThroughKill({ cli, stateDir, dataDir }: Walk): Promise<string> {
  const first = await cli.json<Transfer>(
    'pull',
    SILICON_PID,
    '--to',
    path.join(dataDir, 'silicon'),
    '--no-wait'
  );
  let seen = first;
  let isKilled = false;
  const start = performance.now();
  let bytesAtKill = 0;
  while (!['verified', 'as-sent', 'failed', 'cancelled', 'needs-you'].includes(seen.state)) {
    must(
      performance.now() - start < PATIENCE_MS,
      `after five minutes the pull is still "${seen.state}"`
    );
    if (!isKilled && seen.bytesTotal !== null && seen.bytes > seen.bytesTotal * 0.3) {
      const { pid } = JSON.parse(readFileSync(path.join(stateDir, 'companion.json'), 'utf8')) as {
        pid: number;
      };
      process.kill(pid, 'SIGKILL');
      isKilled = true;
      bytesAtKill = seen.bytes;
    }
    await new Promise(resolve => setTimeout(resolve, PAUSE_MS));
    seen = await look(cli, first.id);
  }
  must(isKilled, `the pull ended as "${seen.state}" before the companion could be killed`);
  return `companion killed with -9 at ${Math.round(bytesAtKill / 1e6)} MB: state is "${seen.state}"`;
}

/** After the kill the tokens are gone (memory only): signing in again lets the pull go on. */
async function goOnAfterKill(walk: Walk): Promise<string> {
  const [latest] = (await walk.cli.json<Page<Transfer>>('transfers')).items;
  must(latest !== undefined, 'the transfer was forgotten');
  let seen = latest as Transfer;
  const start = performance.now();
  while (!['verified', 'as-sent', 'failed', 'cancelled'].includes(seen.state)) {
    must(
      performance.now() - start < PATIENCE_MS,
      `after five minutes the pull is still "${seen.state}"`
    );
    if (seen.state === 'needs-you') {
      await signIn(walk);
    }
    await new Promise(resolve => setTimeout(resolve, PAUSE_MS));
    seen = await look(walk.cli, seen.id);
  }
  must(
    seen.state === 'verified',
    `the pull ended as "${seen.state}": ${seen.problem?.detail ?? ''}`
  );
  must(
    seen.files.verified === 3 && seen.files.total === 3,
    `${seen.files.verified} of 3 files were verified`
  );
  return `verified: 3 files agree with SHA256SUMS, ${Math.round(seen.bytes / 1e6)} MB`;
}

async function pullOpenData({ cli, dataDir }: Walk): Promise<string> {
  const ended = await cli.json<Transfer>('pull', CERIA_PID, '--to', path.join(dataDir, 'ceria'));
  must(ended.state === 'as-sent', `open data without checksums ended as "${ended.state}"`);
  return 'as sent: complete, no checksum exists, and it says so';
}

async function findImage({ cli }: Walk): Promise<{ line: string; ref: string }> {
  const list = await cli.json<ImagePage>('images', 'powder');
  const found = list.items.find(item => item.linkTo === null);
  must(found !== undefined, 'no image was found');
  const detail = await cli.json<ImageDetail>('image', found?.ref ?? '');
  must(Object.keys(detail.labels).length > 0, 'the image has no labels');
  return {
    line: `${detail.name} ${detail.version ?? ''}, repository verified at revision ${detail.revision}`,
    ref: found?.ref ?? ''
  };
}

async function lookAtGpus({ cli }: Walk): Promise<string> {
  const list = await cli.json<AcceleratorList>('gpus');
  return list.items.length === 0
    ? 'local processes have no GPU partition: asking for one is proven in the tests, on a real Slurm'
    : list.items.map(item => `${item.type} ${item.free ?? '–'} of ${item.total} free`).join(', ');
}

async function runJob({ cli, jobFolder, dataDir }: Walk, ref: string): Promise<string> {
  const result = path.join(dataDir, 'result');
  const { exitCode, stdout, stderr } = await cli.run(
    ...['submit', path.join(jobFolder, 'integrate.sh'), '--image', ref, '--wait'],
    ...['--workdir', dataDir, '--result', 'result/result.png', '--name', 'integrate']
  );
  must(exitCode === 0, `the job ended with ${exitCode}: ${stderr}`);
  const job = JSON.parse(stdout) as Job;
  must(job.state === 'completed', `the job is ${job.state}`);
  must(job.resultPath !== null, 'the job has no result');
  const numbers = JSON.parse(readFileSync(path.join(result, 'result.json'), 'utf8')) as {
    lattice_parameter_m: number;
  };
  const error = Math.abs(numbers.lattice_parameter_m - SILICON_LATTICE_M);
  must(error < TOLERANCE_M, `the lattice parameter is off by ${error} m`);
  const png = readFileSync(job.resultPath ?? '');
  must(png.subarray(1, 4).toString('latin1') === 'PNG', 'the picture is not a PNG');
  const label = job.ranWithoutImage ? ', ran without Apptainer as this profile allows' : '';
  return `a = ${(numbers.lattice_parameter_m * 1e10).toFixed(4)} Å (put in: ${(SILICON_LATTICE_M * 1e10).toFixed(4)} Å)${label}`;
}

/** Walks the whole journey; one line a step with its time; throws at the first failure. */
export async function check(walk: Walk): Promise<void> {
  let image = '';
  const steps: readonly (readonly [string, () => Promise<string>])[] = [
    ['sign in', () => signIn(walk)],
    ['find a dataset', () => findDataset(walk)],
    ['pull it, kill the companion', () => pullThroughKill(walk)],
    ['go on and verify', () => goOnAfterKill(walk)],
    ['pull open data', () => pullOpenData(walk)],
    [
      'pick an image',
      async () => {
        const found = await findImage(walk);
        image = found.ref;
        return found.line;
      }
    ],
    ['pick a GPU', () => lookAtGpus(walk)],
    ['run the job, check the result', () => runJob(walk, image)],
    [
      'sign out',
      async () => {
        const state = await walk.cli.json<SigninState>('signout');
        must(state.state === 'signed-out', `the state is ${state.state}`);
        return 'tokens forgotten and revoked';
      }
    ],
    [
      'end everything',
      async () => {
        const left = await endEverything(walk.stateDir);
        must(left === 0, `${left} processes had to be killed`);
        return 'nothing is left running';
      }
    ]
  ];
  for (const [index, [title, step]] of steps.entries()) {
    const start = performance.now();
    const time = (): string => `${((performance.now() - start) / 1000).toFixed(1).padStart(5)} s`;
    try {
      const line = await step();
      process.stdout.write(`${index + 1}/${steps.length}  ok    ${time()}  ${title}: ${line}\n`);
    } catch (error) {
      process.stdout.write(
        `${index + 1}/${steps.length}  FAIL  ${time()}  ${title}: ${error instanceof Error ? error.message : String(error)}\n`
      );
      throw error;
    }
  }
}
