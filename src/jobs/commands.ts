import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { runIcon } from '@jupyterlab/ui-components';
import { CATEGORY } from '../shell/tokens.ts';

const NEW = 'panosc-jobs:new';
/** Named in `schema/jobs-commands.json`. */
const SUBMIT_FILE = 'panosc-jobs:submit-file';

/** Where else people meet *New job*: palette, launcher, context menu of the file browser. */
export const jobsCommandsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-panosc:jobs-commands',
  description: 'Submit jobs from the launcher, the palette and the file browser.',
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
    palette?.addItem({ command: NEW, category });
    launcher?.add({ command: NEW, args: { isLauncher: true }, category, rank: 2 });
    const chosen = (path: unknown): string | null => {
      const browser = browsers?.tracker.currentWidget ?? null;
      const selected = browser === null ? undefined : [...browser.selectedItems()][0];
      return typeof path === 'string' ? path : (selected?.path ?? null);
    };
    app.commands.addCommand(SUBMIT_FILE, {
      label: trans.__('Submit as Job…'),
      caption: trans.__('Run this file as a batch job'),
      icon: runIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            path: { type: 'string', description: trans.__('File in the file browser') }
          }
        }
      },
      isVisible: args => /\.(py|sh)$/i.test(chosen(args['path']) ?? ''),
      execute: async args => {
        const path = chosen(args['path']);
        if (path !== null) {
          const { argumentsForFile } = await import(
            /* webpackChunkName: "panosc-jobs" */ './submit-file.ts'
          );
          await app.commands.execute(
            NEW,
            await argumentsForFile(path, app.serviceManager.contents)
          );
        }
      }
    });
  }
};
