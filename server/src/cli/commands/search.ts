import type { Dataset, Page } from '#contract';
import type { Command } from '../command.ts';
import { limitOf, limitOption, sayIfCut } from '../limit.ts';
import { bytesText } from '../../core/bytes-text.ts';
import { exitCodes, plain } from '../terminal.ts';

/** Rows where nobody says how many. */
const USUAL = 20;

function fitsText(fits: boolean | null): string {
  return fits === null ? '–' : fits ? 'fits' : 'does not fit';
}

function filesText(count: number | null): string {
  return `${count ?? '–'} ${count === 1 ? 'file' : 'files'}`;
}

/** Finds datasets. */
export const search: Command = {
  usage: 'search TEXT',
  summary: 'find datasets',
  details: ['Example: jupyter panosc search powder diffraction --limit 5'],
  options: limitOption('datasets', USUAL),
  operands: [1, 50],
  async run(invocation) {
    const page = await invocation.client.get<Page<Dataset>>('/v1/datasets', {
      q: invocation.positionals.join(' '),
      limit: limitOf(invocation, USUAL)
    });
    const { terminal } = invocation;
    const rows = page.items.map(item => [
      plain(item.pid),
      bytesText(item.sizeBytes),
      filesText(item.fileCount),
      fitsText(item.fits),
      plain(item.title)
    ]);
    terminal.result(
      page,
      rows.length === 0 ? ['Nothing found. Try fewer or other words.'] : terminal.table(rows)
    );
    sayIfCut(page, terminal, 'Use more words.');
    return exitCodes.ok;
  }
};
