import { parseArgs } from 'node:util';
import type { Surroundings } from '../config/load.ts';
import { Usage, type Command } from './command.ts';
import { gpus } from './commands/gpus.ts';
import { image, images } from './commands/images.ts';
import { job, jobs, submit } from './commands/jobs.ts';
import { search } from './commands/search.ts';
import { signin, signout, whoami } from './commands/signin.ts';
import { pull, transfer, transfers } from './commands/transfers.ts';
import { CompanionClient, Refused, Unreachable } from './companion-client.ts';
import { exitCodes, plain, Terminal } from './terminal.ts';

/** One line a command. */
const commands: Readonly<Record<string, Command>> = {
  signin,
  signout,
  whoami,
  search,
  pull,
  transfers,
  transfer,
  images,
  image,
  gpus,
  submit,
  jobs,
  job
};

function help(): string {
  const lines = Object.values(commands).map(({ usage, summary }) => `  ${usage}\n      ${summary}`);
  return [
    'usage: jupyter panosc [--profile FILE] [--json] COMMAND',
    '',
    ...lines,
    '',
    'exit: 0 it really happened · 1 it failed · 2 wrong usage · 3 needs you (sign-in, consent) · 4 no companion',
    ''
  ].join('\n');
}

/** Global options come before the command; `--json` may also stand after it. */
function split(argv: readonly string[]): {
  isJson: boolean;
  name: string | undefined;
  rest: string[];
} {
  const rest = [...argv];
  let isJson = false;
  while (rest[0]?.startsWith('-') === true) {
    const option = rest.shift();
    if (option === '--json') {
      isJson = true;
    } else if (option === '--profile') {
      rest.shift();
    } else if (option?.startsWith('--profile=') !== true) {
      throw new Usage(`there is no option ${option ?? ''}`);
    }
  }
  return { isJson, name: rest.shift(), rest };
}

function parse(command: Command, rest: string[], isJson: boolean) {
  try {
    const parsed = parseArgs({
      args: rest,
      options: { ...command.options, json: { type: 'boolean' } },
      allowPositionals: true,
      strict: true
    });
    const [least, most] = command.operands;
    if (parsed.positionals.length < least || parsed.positionals.length > most) {
      throw new Usage(`usage: jupyter panosc ${command.usage}`);
    }
    return { ...parsed, isJson: isJson || parsed.values.json === true };
  } catch (error) {
    throw error instanceof Usage
      ? error
      : new Usage(error instanceof Error ? error.message : 'wrong usage');
  }
}

function exitCodeFor(error: unknown): number {
  if (error instanceof Usage) {
    process.stderr.write(`jupyter panosc: ${error.message}\n`);
    return exitCodes.usage;
  }
  if (error instanceof Unreachable) {
    process.stderr.write(`jupyter panosc: ${error.message}\n`);
    return exitCodes.unreachable;
  }
  if (error instanceof Refused) {
    const { detail, action, status, instance } = error.problem;
    process.stderr.write(
      `jupyter panosc: ${plain(detail)}${instance === undefined ? '' : ` (${instance})`}\n`
    );
    return action === 'sign-in' && status === 401 ? exitCodes.needsPerson : exitCodes.failed;
  }
  throw error;
}

/**
 * The command line. The launcher has made sure that a companion runs and says where in
 * PANOSC_SOCKET_FILE. Gives the exit code.
 */
export async function runCommandLine(
  argv: readonly string[],
  surroundings: Surroundings
): Promise<number> {
  try {
    const { isJson, name, rest } = split(argv);
    if (name === undefined || name === 'help') {
      process.stdout.write(help());
      return name === undefined ? exitCodes.usage : exitCodes.ok;
    }
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined) {
      throw new Usage(`there is no command "${name}"; see: jupyter panosc help`);
    }
    const parsed = parse(command, rest, isJson);
    const client = await CompanionClient.attach(surroundings.env['PANOSC_SOCKET_FILE'] ?? '');
    const file = surroundings.env['PANOSC_PROFILE_FILE'];
    if (file !== undefined) {
      await client.put('/v1/facility', { file });
    }
    return await command.run({
      client,
      terminal: new Terminal(parsed.isJson),
      positionals: parsed.positionals,
      options: parsed.values,
      cwd: process.cwd()
    });
  } catch (error) {
    return exitCodeFor(error);
  }
}
