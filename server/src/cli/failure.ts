import type { Facility } from '#contract';
import { NoFacility, Usage } from './command.ts';
import { facilityLines } from './commands/facility.ts';
import { Refused, Unreachable, type CompanionClient } from './companion-client.ts';
import { exitCodes, plain, warn } from './terminal.ts';

/** Set, it shows the stack of an error that nobody expected. */
const DEBUG = 'PANOSC_DEBUG';

/** How to choose a facility, with those that are known. */
async function sayHowToChoose(client: CompanionClient | null): Promise<void> {
  const known = await client?.get<Facility>('/v1/facility').catch(() => null);
  const profiles = known?.profiles ?? [];
  warn('jupyter panosc: No facility is chosen yet.');
  if (profiles.length > 0) {
    warn('These are known:');
    facilityLines(profiles, null).forEach(warn);
    warn('Choose one:   jupyter panosc facility ID');
  }
  warn(
    `${profiles.length > 0 ? 'Or bring one:' : 'Bring one:   '} jupyter panosc --profile FILE COMMAND`
  );
}

/** Says in one sentence on stderr what went wrong, and gives the exit code. */
export async function reportFailure(
  error: unknown,
  client: CompanionClient | null,
  env: Readonly<Record<string, string | undefined>>
): Promise<number> {
  if (error instanceof Usage) {
    warn(`jupyter panosc: ${error.message}`);
    return exitCodes.usage;
  }
  if (error instanceof Unreachable) {
    warn(`jupyter panosc: ${error.message}`);
    return exitCodes.unreachable;
  }
  const isUnchosen = error instanceof Refused && error.problem.type === '/problems/no-profile';
  if (isUnchosen || error instanceof NoFacility) {
    await sayHowToChoose(client);
    return exitCodes.needsPerson;
  }
  if (error instanceof Refused) {
    const { detail, action, status, instance } = error.problem;
    // The id helps those who are asked for help; a person who can mend it alone does not need it.
    const isForOthers = instance !== undefined && (action === 'contact' || status >= 500);
    warn(`jupyter panosc: ${plain(detail)}${isForOthers ? ` (${instance})` : ''}`);
    if (action === 'sign-in' && status === 401) {
      warn('Sign in: jupyter panosc signin');
      return exitCodes.needsPerson;
    }
    return exitCodes.failed;
  }
  const isDebug = env[DEBUG] !== undefined && error instanceof Error;
  const what = error instanceof Error ? error.message : String(error);
  warn(
    isDebug
      ? (error.stack ?? what)
      : `jupyter panosc: An unexpected error: ${plain(what)} (${DEBUG}=1 shows where.)`
  );
  return exitCodes.failed;
}
