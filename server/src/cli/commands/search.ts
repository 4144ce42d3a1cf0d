import type { Dataset, Page } from '#contract';
import { numberOption, type Command } from '../command.ts';
import { bytesText } from '../../core/bytes-text.ts';
import { exitCodes, plain } from '../terminal.ts';

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
  options: {
    limit: {
      type: 'string',
      value: 'N',
      help: 'at most so many datasets (1 to 200; 20 if not given)'
    }
  },
  operands: [1, 50],
  async run(invocation) {
    const limit = numberOption(invocation, 'limit', [1, 200]) ?? 20;
    const page = await invocation.client.get<Page<Dataset>>('/v1/datasets', {
      q: invocation.positionals.join(' '),
      limit
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
    return exitCodes.ok;
  }
};
