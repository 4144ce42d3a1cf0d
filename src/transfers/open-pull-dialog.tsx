import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { ICompanion } from '../companion/tokens.ts';
import { folderNameOf } from '../contract/folder-name.ts';
import type { IFacility } from '../facility/tokens.ts';
import { shortPath, toCompanionPath } from '../shell/server-paths.ts';
import { openModal } from '../ui/modal.tsx';
import { PullDialog } from './pull-dialog.tsx';
import type { ITransfers } from './transfer-list.ts';

/** Arguments of the command `panosc-transfers:pull`. */
export interface IPullArgs {
  readonly pid: string;
  readonly catalogue?: string;
  readonly title?: string;
  /** Folder that gets a folder for the dataset: `~/…` or absolute. */
  readonly to?: string;
}

/** What the dialog is made of. */
interface IPullParts {
  readonly companion: ICompanion;
  readonly facility: IFacility;
  readonly transfers: ITransfers;
  readonly commands: JupyterFrontEnd['commands'];
  readonly fileBrowser: IDefaultFileBrowser | null;
  readonly trans: TranslationBundle;
}

/** The file browser's folder when it lies in the person's home, else what the profile says. */
function offeredFolder(parts: IPullParts): string {
  const { facility, fileBrowser } = parts;
  const home = facility.value?.home ?? '';
  const shown = fileBrowser === null ? null : toCompanionPath(fileBrowser.model.path);
  const isInHome = shown !== null && (shown.startsWith('~') || shown.startsWith(`${home}/`));
  // The home folder itself is where the browser stands when nobody has chosen anything.
  return isInHome && home !== '' && shortPath(shown, home) !== '~'
    ? shortPath(shown, home)
    : shortPath(facility.value?.active?.defaultTarget ?? '', home);
}

/** Opens the dialog that asks where to pull a dataset to. */
export async function openPullDialog(parts: IPullParts, wish: IPullArgs): Promise<void> {
  const { trans, facility } = parts;
  await facility.load();
  const parent = (wish.to ?? offeredFolder(parts)).replace(/\/+$/, '');
  const to = parent === '' ? '' : `${parent}/${folderNameOf(wish.title ?? wish.pid, wish.pid)}`;
  await openModal({
    title: trans.__('Pull %1', wish.title ?? wish.pid),
    trans,
    render: close => (
      <PullDialog
        wish={wish}
        to={to}
        facility={facility}
        companion={parts.companion}
        transfers={parts.transfers}
        commands={parts.commands}
        close={close}
      />
    )
  });
}
