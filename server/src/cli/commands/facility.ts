import type { Facility } from '#contract';
import type { Command } from '../command.ts';
import { table } from '../table.ts';
import { exitCodes, plain } from '../terminal.ts';

/** The known profiles; the chosen one has a star. */
export function facilityLines(profiles: Facility['profiles'], activeId: string | null): string[] {
  const rows = profiles.map(({ id, title, demo, mistake }) => ({
    cells: [
      id === activeId ? '*' : ' ',
      plain(id),
      plain(title) +
        (demo && !/demo/i.test(title) ? ' (demo)' : '') +
        (mistake === null ? '' : ' (has a mistake, cannot be used)')
    ]
  }));
  return table(rows, null);
}

/** Lists the facilities, or chooses one; exit 3 when none is chosen. */
export const facility: Command = {
  usage: 'facility [ID]',
  summary: 'list facilities, or choose one',
  details: [
    'Your choice decides where you search and where your sign-in goes; it is kept.',
    'A profile file of your own: jupyter panosc --profile FILE facility'
  ],
  options: {},
  operands: [0, 1],
  async run({ client, terminal, positionals: [id] }) {
    const known =
      id === undefined
        ? await client.get<Facility>('/v1/facility')
        : await client.put<Facility>('/v1/facility', { id });
    const { active, profiles } = known;
    terminal.result(
      known,
      profiles.length === 0
        ? []
        : [
            ...(id === undefined ? [] : [`${plain(active?.title ?? id)} is chosen.`]),
            ...facilityLines(profiles, active?.id ?? null)
          ]
    );
    if (active !== null) {
      return exitCodes.ok;
    }
    terminal.say(
      profiles.length === 0
        ? 'No facility is known here. Bring one: jupyter panosc --profile FILE COMMAND'
        : 'None is chosen yet. Choose one: jupyter panosc facility ID'
    );
    return exitCodes.needsPerson;
  }
};
