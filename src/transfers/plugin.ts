import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { LiveList } from '../companion/live-list.ts';
import { ICompanion } from '../companion/tokens.ts';
import type { Transfer } from '../contract/transfers.ts';
import { IFacility } from '../facility/tokens.ts';
import { IMainArea, ISidebar } from '../shell/tokens.ts';
import { createTransferActions } from './actions.ts';
import { ITransfers } from './tokens.ts';

/** Provides the list of transfers. */
export const transferListPlugin: JupyterFrontEndPlugin<ITransfers> = {
  id: 'jupyterlab-panosc:transfer-list',
  description: 'The transfers of this person.',
  autoStart: true,
  requires: [ICompanion],
  provides: ITransfers,
  activate: (_app: JupyterFrontEnd, companion: ICompanion) =>
    new LiveList(companion, 'transfers', 'transfer')
};

/** Adds the section *Transfers*, the tab of a transfer and the pull dialog. */
export const transfersPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-panosc:transfers',
  description: 'Pulls data, shows the progress and whether checksums agree.',
  autoStart: true,
  requires: [ICompanion, IFacility, ISidebar, IMainArea, ITransfers],
  optional: [ITranslator, IDefaultFileBrowser],
  // Lab hands services over by position.
  // eslint-disable-next-line max-params
  activate: (
    app: JupyterFrontEnd,
    companion: ICompanion,
    facility: IFacility,
    sidebar: ISidebar,
    mainArea: IMainArea,
    transfers: ITransfers,
    translator: ITranslator | null,
    fileBrowser: IDefaultFileBrowser | null
  ): void => {
    const { commands } = app;
    const trans = (translator ?? nullTranslator).load('jupyterlab_panosc');
    const actions = createTransferActions(companion, transfers, commands);
    const text = { type: 'string' } as const;
    sidebar.addSection({
      id: 'transfers',
      title: trans.__('Transfers'),
      rank: 200,
      load: async () =>
        (
          await import(/* webpackChunkName: "panosc-transfers" */ './section.tsx')
        ).createTransfersSection(transfers, facility, actions)
    });
    commands.addCommand('panosc-transfers:pull', {
      label: trans.__('Pull Data…'),
      describedBy: {
        args: {
          type: 'object',
          required: ['pid'],
          properties: { pid: text, catalogue: text, title: text, to: text }
        }
      },
      isVisible: args => typeof args['pid'] === 'string',
      execute: async args => {
        const { openPullDialog } = await import(
          /* webpackChunkName: "panosc-transfers" */ './open-pull-dialog.tsx'
        );
        return openPullDialog(
          { companion, facility, transfers, commands, fileBrowser, trans },
          args as { pid: string; catalogue?: string; title?: string; to?: string }
        );
      }
    });
    commands.addCommand('panosc-transfers:open', {
      label: trans.__('Open Transfer'),
      describedBy: { args: { type: 'object', required: ['id'], properties: { id: text } } },
      isVisible: args => typeof args['id'] === 'string',
      execute: args => {
        const id = args['id'] as string;
        mainArea.open({
          id: `transfer-${id}`,
          title: transfers.get(id)?.title ?? trans.__('Transfer'),
          command: 'panosc-transfers:open',
          args: { id },
          load: async () => {
            const { createTransferTab } = await import(
              /* webpackChunkName: "panosc-transfers" */ './transfer-tab.tsx'
            );
            return createTransferTab({ id, companion, transfers, facility, actions, commands });
          }
        });
      }
    });
    const told = new Map<string, Transfer['state']>();
    companion.events.on('transfer').connect((_, transfer) => {
      const { id, state } = transfer;
      if (['queued', 'running', 'cancelled'].includes(state)) {
        told.delete(id);
      } else if (told.get(id) !== state && document.visibilityState === 'visible') {
        told.set(id, state);
        void import(/* webpackChunkName: "panosc-transfers" */ './notify.ts').then(
          ({ notifyOfTransfer }) => notifyOfTransfer(transfer, actions, trans)
        );
      }
    });
  }
};
