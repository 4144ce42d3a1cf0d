import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { searchIcon } from '@jupyterlab/ui-components';
import { toCompanionPath } from '../shell/server-paths.ts';
import { CATEGORY } from '../shell/tokens.ts';

const FIND = 'panosc-datasets:find';
/** Named in `schema/datasets-commands.json`. */
const PULL_HERE = 'panosc-datasets:pull-here';

/** Where else people meet *Find data*: palette, launcher, context menu of the file browser. */
export const datasetsCommandsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-panosc:datasets-commands',
  description: 'Find data from the launcher, the palette and the file browser.',
  autoStart: true,
  optional: [ITranslator, ICommandPalette, ILauncher, IFileBrowserFactory],
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    browsers: IFileBrowserFactory | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_panosc');
    const category = trans.__(CATEGORY);
    palette?.addItem({ command: FIND, category });
    launcher?.add({ command: FIND, args: { isLauncher: true }, category, rank: 1 });
    app.commands.addCommand(PULL_HERE, {
      label: trans.__('Pull Data Here…'),
      caption: trans.__('Find a dataset and pull it into this folder'),
      icon: searchIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            path: { type: 'string', description: trans.__('Folder in the file browser') }
          }
        }
      },
      execute: args => {
        const browser = browsers?.tracker.currentWidget ?? null;
        const selected = browser === null ? undefined : [...browser.selectedItems()][0];
        const path =
          typeof args['path'] === 'string'
            ? args['path']
            : selected?.type === 'directory'
              ? selected.path
              : (browser?.model.path ?? '');
        const to = toCompanionPath(path);
        return app.commands.execute(FIND, to === null ? {} : { to });
      }
    });
  }
};
