import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { CATEGORY, ISidebar } from '../shell/tokens.ts';
import { IFacility } from './tokens.ts';

const CHOOSE = 'panosc-facility:choose';

/** The command that chooses a facility. */
export const facilityCommandsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-panosc:facility-commands',
  description: 'Chooses the facility profile.',
  autoStart: true,
  requires: [IFacility, ISidebar],
  optional: [ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    facility: IFacility,
    sidebar: ISidebar,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_panosc');
    app.commands.addCommand(CHOOSE, {
      label: trans.__('Choose Your Facility…'),
      describedBy: {
        args: {
          type: 'object',
          properties: { id: { type: 'string', description: trans.__('Profile to make active') } }
        }
      },
      execute: args =>
        typeof args['id'] === 'string' ? facility.choose(args['id']) : sidebar.reveal('facility')
    });
    palette?.addItem({ command: CHOOSE, category: trans.__(CATEGORY) });
  }
};
