import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';
import * as React from 'react';
import { LiveList } from '../companion/live-list.ts';
import type { ICompanion } from '../companion/tokens.ts';
import type { Transfer } from '../contract/transfers.ts';
import type { IFacility } from '../facility/tokens.ts';
import type { ISectionView } from '../shell/tokens.ts';
import { createTransferActions } from './actions.ts';
import { notifyOfTransfer } from './notify.ts';
import { openPullDialog, type IPullArgs } from './open-pull-dialog.tsx';
import { createTransfersSection } from './section.tsx';
import { TransferTab } from './transfer-tab.tsx';

/** What the domain's code gets from Lab and from the other domains. */
export interface ITransferParts {
  readonly companion: ICompanion;
  readonly facility: IFacility;
  readonly commands: JupyterFrontEnd['commands'];
  readonly fileBrowser: IDefaultFileBrowser | null;
  readonly trans: TranslationBundle;
}

/** Everything of this domain that is loaded only when it is needed; one list for all views. */
export interface ITransferViews {
  section(): ISectionView;
  tab(id: string, tab: Widget): React.ReactElement;
  pull(args: IPullArgs): Promise<void>;
  notify(transfer: Transfer): void;
}

/** Makes the views over one list of transfers. */
export function createTransferViews(parts: ITransferParts): ITransferViews {
  const { companion, facility, commands, trans } = parts;
  const transfers = new LiveList(companion, 'transfers', 'transfer');
  const actions = createTransferActions(companion, transfers, commands);
  return {
    section: () => createTransfersSection(transfers, facility, actions),
    tab: (id, tab) => (
      <TransferTab
        id={id}
        companion={companion}
        transfers={transfers}
        facility={facility}
        actions={actions}
        commands={commands}
        onTitle={title => {
          tab.title.label = title;
        }}
      />
    ),
    pull: args => openPullDialog({ ...parts, transfers }, args),
    notify: transfer => notifyOfTransfer(transfer, actions, trans)
  };
}
