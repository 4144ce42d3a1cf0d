import { text } from 'node:stream/consumers';
import { parseConfig, readSurroundings } from './config/load.ts';
import { serve } from './serve.ts';

const [command] = process.argv.slice(2);

switch (command) {
  case 'serve': {
    const config = parseConfig(await text(process.stdin));
    process.exitCode = await serve(config, readSurroundings());
    break;
  }
  default:
    process.stderr.write('usage: main.mjs serve < config.json\n');
    process.exitCode = 2;
}
