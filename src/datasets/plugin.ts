import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { searchIcon } from '@jupyterlab/ui-components';
import { ICompanion } from '../companion/tokens.ts';
import { IFacility } from '../facility/tokens.ts';
import { IMainArea, ISidebar } from '../shell/tokens.ts';

/** Adds the section *Data* and the tab *Find data*. */
export const datasetsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-panosc:datasets',
  description: 'Finds datasets in the catalogues of the facility.',
  autoStart: true,
  requires: [ICompanion, IFacility, ISidebar, IMainArea],
  optional: [ITranslator],
  // Lab hands services over by position.
  // eslint-disable-next-line max-params
  activate: (
    app: JupyterFrontEnd,
    companion: ICompanion,
    facility: IFacility,
    sidebar: ISidebar,
    mainArea: IMainArea,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_panosc');
    sidebar.addSection({
      id: 'data',
      title: trans.__('Data'),
      rank: 100,
      domain: 'datasets',
      load: async () =>
        (await import(/* webpackChunkName: "panosc-datasets" */ './section.tsx')).createDataSection(
          companion,
          facility,
          app.commands
        )
    });
    app.commands.addCommand('panosc-datasets:find', {
      label: args => (args['isLauncher'] === true ? trans.__('Find data') : trans.__('Find Data…')),
      icon: searchIcon,
      caption: trans.__('Search the catalogues of your facility'),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            q: { type: 'string', description: trans.__('What to search for') },
            to: { type: 'string', description: trans.__('Folder that pulls go to') },
            pid: { type: 'string', description: trans.__('Dataset whose details are opened') }
          }
        }
      },
      execute: async args => {
        const { openFindData } = await import(
          /* webpackChunkName: "panosc-datasets" */ './open-find-data.tsx'
        );
        return openFindData({ app, companion, facility, mainArea, trans }, args);
      }
    });
  }
};
