import { text } from 'node:stream/consumers';
import { runCommandLine } from './cli/run.ts';
import { parseConfig, readSurroundings } from './config/load.ts';
import { serve } from './serve.ts';

const [command, ...rest] = process.argv.slice(2);

switch (command) {
  case 'serve':
    process.exitCode = await serve(parseConfig(await text(process.stdin)), readSurroundings());
    break;
  case 'cli':
    // The attached stream would keep the process alive: leave when the command has ended.
    process.exit(await runCommandLine(rest, readSurroundings()));
    break;
  default:
    process.stderr.write('usage: main.mjs serve < config.json | main.mjs cli COMMAND\n');
    process.exitCode = 2;
}
