import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICompanion } from '../companion/tokens.ts';
import type { Problem } from '../contract/problem.ts';
import type { Transfer } from '../contract/transfers.ts';
import type { ITransfers } from './transfer-list.ts';

/** What a person can do with a transfer. Every method gives the problem to show, or null. */
export interface ITransferActions {
  cancel(transfer: Transfer): Promise<Problem | null>;
  retry(transfer: Transfer): Promise<Problem | null>;
  verify(transfer: Transfer): Promise<Problem | null>;
  /** Takes a finished transfer off the list; the data stays. */
  remove(transfer: Transfer): Promise<Problem | null>;
  open(transfer: Transfer): void;
  readonly signIn: () => void;
  readonly chooseFacility: () => void;
}

/** Makes the actions. An answer is taken at once; the event that follows says the same. */
export function createTransferActions(
  companion: ICompanion,
  transfers: ITransfers,
  commands: JupyterFrontEnd['commands']
): ITransferActions {
  const ask = async (request: () => Promise<void>): Promise<Problem | null> => {
    try {
      await request();
      return null;
    } catch (error) {
      return companion.problemOf(error);
    }
  };
  const pathOf = (transfer: Transfer): string => `transfers/${encodeURIComponent(transfer.id)}`;
  const act = (transfer: Transfer, verb: string): Promise<Problem | null> =>
    ask(async () => {
      const changed = await companion.post<Transfer | undefined>(`${pathOf(transfer)}/${verb}`);
      if (changed !== undefined) {
        transfers.put(changed);
      }
    });
  return {
    cancel: transfer => act(transfer, 'cancel'),
    retry: transfer => act(transfer, 'retry'),
    verify: transfer => act(transfer, 'verify'),
    remove: transfer =>
      ask(async () => {
        await companion.delete(pathOf(transfer));
        transfers.remove(transfer.id);
      }),
    open: transfer => void commands.execute('panosc-transfers:open', { id: transfer.id }),
    signIn: () => void commands.execute('panosc-signin:start'),
    chooseFacility: () => void commands.execute('panosc-facility:choose')
  };
}
