import type { Facility } from '#contract';
import type { Surroundings } from '../config/load.ts';
import { checkProfileFile, parseWords, splitWords } from './arguments.ts';
import { Usage, type Command } from './command.ts';
import { doctor } from './commands/doctor.ts';
import { facility } from './commands/facility.ts';
import { commandHelp, helpText } from './help.ts';
import { gpus } from './commands/gpus.ts';
import { image, images } from './commands/images.ts';
import { job, jobs, submit } from './commands/jobs.ts';
import { search } from './commands/search.ts';
import { signin, signout, whoami } from './commands/signin.ts';
import { pull, transfer, transfers } from './commands/transfers.ts';
import { CompanionClient } from './companion-client.ts';
import { reportFailure } from './failure.ts';
import { exitCodes, plain, Terminal, warn } from './terminal.ts';

/** One line a command. */
const commands: Readonly<Record<string, Command>> = {
  doctor,
  facility,
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

/** What a shell calls the death of a program whose reader has gone, such as `head`. */
const READER_GONE = 141;

/** What escapes every command still ends as one sentence. */
function catchEverything(env: Surroundings['env']): void {
  process.stdout.on('error', () => process.exit(READER_GONE));
  process.on('uncaughtException', error => {
    void reportFailure(error, null, env).then(code => process.exit(code));
  });
}

/** A file that is given stays chosen, for JupyterLab too: that is said when it changes something. */
async function chooseFile(client: CompanionClient, file: string): Promise<void> {
  const before = await client.get<Facility>('/v1/facility');
  const { active } = await client.put<Facility>('/v1/facility', { file });
  if (before.active !== null && active !== null && before.active.id !== active.id) {
    warn(
      `${plain(active.title)} is chosen from now on, in JupyterLab too. Back: jupyter panosc facility ${before.active.id}`
    );
  }
}

/**
 * The command line. The launcher has made sure that a companion runs and says where in
 * PANOSC_SOCKET_FILE. Gives the exit code.
 */
export async function runCommandLine(
  argv: readonly string[],
  { env }: Surroundings
): Promise<number> {
  catchEverything(env);
  let client: CompanionClient | null = null;
  let whenBroken: number | undefined;
  try {
    const { isJson, wantsHelp, name, rest } = splitWords(argv);
    if (name === undefined) {
      process.stdout.write(helpText(commands));
      return wantsHelp ? exitCodes.ok : exitCodes.usage;
    }
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined) {
      throw new Usage(`there is no command "${plain(name)}"; see: jupyter panosc help`);
    }
    if (wantsHelp) {
      process.stdout.write(commandHelp(command));
      return exitCodes.ok;
    }
    ({ whenBroken } = command);
    const { positionals, options } = parseWords(command, rest);
    const file = env['PANOSC_PROFILE_FILE'] ?? '';
    if (file !== '') {
      checkProfileFile(file);
    }
    client = await CompanionClient.attach(env['PANOSC_SOCKET_FILE'] ?? '');
    if (file !== '') {
      await chooseFile(client, file);
    }
    return await command.run({
      client,
      terminal: new Terminal(isJson || options['json'] === true),
      positionals,
      options,
      cwd: process.cwd()
    });
  } catch (error) {
    const code = await reportFailure(error, client, env);
    return whenBroken ?? code;
  }
}
