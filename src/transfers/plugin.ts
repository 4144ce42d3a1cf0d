import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { ICompanion } from '../companion/tokens.ts';
import type { Transfer } from '../contract/transfers.ts';
import { IFacility } from '../facility/tokens.ts';
import { addOpenCommand } from '../shell/open-command.ts';
import { IMainArea, ISidebar } from '../shell/tokens.ts';
import type { IPullArgs } from './open-pull-dialog.tsx';
import type { ITransferParts, ITransferViews } from './views.tsx';

/** Loads the views once. */
function lazyViews(parts: ITransferParts): () => Promise<ITransferViews> {
  let views: Promise<ITransferViews> | null = null;
  return () => {
    views ??= import(/* webpackChunkName: "panosc-transfers" */ './views.tsx').then(
      ({ createTransferViews }) => createTransferViews(parts),
      (error: unknown) => {
        views = null; // the next wish tries again
        throw error;
      }
    );
    return views;
  };
}

/** Notifies of what has finished, failed or needs the person: once for each time it gets there. */
function watchForNews(companion: ICompanion, views: () => Promise<ITransferViews>): void {
  const told = new Map<string, Transfer['state']>();
  companion.events.on('transfer').connect((_, transfer) => {
    const { id, state } = transfer;
    if (['queued', 'running', 'cancelled'].includes(state)) {
      if (told.delete(id)) {
        // What was said is over: "sign in" must not stay on the screen.
        void views().then(loaded => loaded.notify(transfer));
      }
    } else if (told.get(id) !== state && document.visibilityState === 'visible') {
      told.set(id, state);
      void views().then(loaded => loaded.notify(transfer));
    }
  });
}

/** Adds the section *Transfers*, the tab of a transfer and the pull dialog. */
export const transfersPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-panosc:transfers',
  description: 'Pulls data, shows the progress and whether checksums agree.',
  autoStart: true,
  requires: [ICompanion, IFacility, ISidebar, IMainArea],
  optional: [ITranslator, IDefaultFileBrowser],
  // Lab hands services over by position.
  // eslint-disable-next-line max-params
  activate: (
    app: JupyterFrontEnd,
    companion: ICompanion,
    facility: IFacility,
    sidebar: ISidebar,
    mainArea: IMainArea,
    translator: ITranslator | null,
    fileBrowser: IDefaultFileBrowser | null
  ): void => {
    const { commands } = app;
    const trans = (translator ?? nullTranslator).load('jupyterlab_panosc');
    const views = lazyViews({ companion, facility, commands, fileBrowser, trans });
    const text = { type: 'string' } as const;
    sidebar.addSection({
      id: 'transfers',
      title: trans.__('Transfers'),
      rank: 200,
      load: async () => (await views()).section()
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
      execute: async args => (await views()).pull(args as unknown as IPullArgs)
    });
    addOpenCommand(commands, mainArea, {
      command: 'panosc-transfers:open',
      label: trans.__('Open Transfer'),
      argument: 'id',
      description: trans.__('Id of the transfer'),
      kind: 'transfer',
      titleOf: () => trans.__('Transfer'),
      load: async (id, tab) => (await views()).tab(id, tab)
    });
    watchForNews(companion, views);
  }
};
