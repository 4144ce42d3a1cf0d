import type { AcceleratorList } from '#contract';
import type { Command } from '../command.ts';
import { exitCodes, plain } from '../terminal.ts';

/** Lists GPUs by type and partition: free and total. */
export const gpus: Command = {
  usage: 'gpus',
  summary: 'list GPUs: how many are free',
  options: {},
  operands: [0, 0],
  async run({ client, terminal }) {
    const list = await client.get<AcceleratorList>('/v1/accelerators');
    const rows = list.items.map(item => [
      item.type,
      item.partition,
      `${item.free ?? '–'} of ${item.total} free`,
      item.isUp ? '' : 'partition is down'
    ]);
    terminal.result(
      list,
      rows.length === 0 ? [plain(list.note ?? 'There are no GPUs here.')] : terminal.table(rows)
    );
    return exitCodes.ok;
  }
};
