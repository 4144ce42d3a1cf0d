import { text } from 'node:stream/consumers';
import { isMainThread } from 'node:worker_threads';

/** Each role loads only its own code: a worker thread of the puller needs no Express. */
const [role, ...rest] = isMainThread ? process.argv.slice(2) : ['puller'];

switch (role) {
  case 'serve': {
    const { parseConfig, readSurroundings } = await import('./config/load.ts');
    const { serve } = await import('./serve.ts');
    process.exitCode = await serve(parseConfig(await text(process.stdin)), readSurroundings());
    break;
  }
  case 'cli': {
    const { readSurroundings } = await import('./config/load.ts');
    const { runCommandLine } = await import('./cli/run.ts');
    // The attached stream would keep the process alive: leave when the command has ended.
    process.exit(await runCommandLine(rest, readSurroundings()));
    break;
  }
  case 'local-job': {
    const { runLocalJob } = await import('./jobs/local/supervisor.ts');
    process.exit(await runLocalJob(rest[0] ?? ''));
    break;
  }
  case 'puller': {
    const { runPullerWorker } = await import('./transfers/puller/worker.ts');
    runPullerWorker();
    break;
  }
  default:
    process.stderr.write('usage: main.mjs serve < config.json | main.mjs cli COMMAND\n');
    process.exitCode = 2;
}
