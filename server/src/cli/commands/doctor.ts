import type { CheckState, Doctor } from '#contract';
import type { Command } from '../command.ts';
import { plain } from '../terminal.ts';

/** What monitoring systems expect of a probe (Monitoring Plugins guidelines): OK, WARNING, CRITICAL, UNKNOWN. */
const probeCodes: Readonly<Record<CheckState, number>> = {
  skipped: 0,
  ok: 0,
  warning: 1,
  failed: 2,
  unknown: 3
};

const words: Readonly<Record<CheckState, string>> = {
  ok: 'ok      ',
  warning: 'look    ',
  failed: 'BROKEN  ',
  skipped: '–       ',
  unknown: 'unknown '
};

/** Looks at everything that is needed; its exit codes are those of a monitoring probe. */
export const doctor: Command = {
  usage: 'doctor',
  summary: 'look at everything that is needed, and say what to do',
  details: [
    'Exit codes of a monitoring probe: 0 in order, 1 look at it, 2 broken, 3 not',
    'known (no companion, no profile that can be read, wrong words).'
  ],
  whenBroken: probeCodes.unknown,
  options: {
    report: { type: 'boolean', help: 'print a text without secrets, to be sent to whoever helps' }
  },
  operands: [0, 0],
  async run({ client, terminal, options }) {
    const found = await client.get<Doctor>('/v1/doctor');
    terminal.result(
      found,
      options['report'] === true
        ? found.report.trimEnd().split('\n')
        : found.checks.flatMap(({ cure, state, text, title }) => [
            `${words[state]}${plain(title)}: ${plain(text)}`,
            ...(cure === null ? [] : [`        → ${plain(cure)}`])
          ])
    );
    return probeCodes[found.state];
  }
};
