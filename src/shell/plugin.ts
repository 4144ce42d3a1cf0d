import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { panoscIcon } from '../ui/icons.ts';
import { MainArea } from './main-area.ts';
import { Sidebar } from './sidebar.ts';
import { CATEGORY, IMainArea, ISidebar } from './tokens.ts';
import { ICompanion } from '../companion/tokens.ts';
import { IFacility } from '../facility/tokens.ts';
import { ISignin } from '../signin/tokens.ts';

const OPEN = 'panosc-shell:open';

/** Adds the panel to the left sidebar. */
export const sidebarPlugin: JupyterFrontEndPlugin<ISidebar> = {
  id: 'jupyterlab-panosc:sidebar',
  description: 'The Photon & Neutron panel in the left sidebar.',
  autoStart: true,
  requires: [ICompanion, IFacility, ISignin],
  optional: [ITranslator],
  provides: ISidebar,
  activate: (
    app: JupyterFrontEnd,
    companion: ICompanion,
    facility: IFacility,
    signin: ISignin,
    translator: ITranslator | null
  ): ISidebar => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_panosc');
    const sidebar = new Sidebar({
      activate: () => app.shell.activateById(sidebar.id),
      load: async panel => {
        const { createPanel } = await import(/* webpackChunkName: "panosc-panel" */ './panel.tsx');
        panel.addWidget(
          createPanel({
            sidebar: panel,
            companion,
            facility,
            signin,
            commands: app.commands,
            trans
          })
        );
      }
    });
    sidebar.title.icon = panoscIcon;
    sidebar.title.caption = trans.__(CATEGORY);
    sidebar.node.setAttribute('role', 'region');
    sidebar.node.setAttribute('aria-label', trans.__(CATEGORY));
    app.shell.add(sidebar, 'left', { rank: 500, type: 'Photon & Neutron' });
    return sidebar;
  }
};

/** The command that opens the panel, and the panel's place after a reload. */
export const openPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-panosc:open',
  description: 'Opens the Photon & Neutron panel.',
  autoStart: true,
  requires: [ISidebar],
  optional: [ITranslator, ICommandPalette, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    sidebar: ISidebar,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_panosc');
    restorer?.add(sidebar, sidebar.id);
    app.commands.addCommand(OPEN, {
      label: trans.__('Photon & Neutron: open the panel'),
      caption: trans.__('Data, transfers, jobs and software of your facility'),
      icon: panoscIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            section: { type: 'string', description: trans.__('Section to unfold') }
          }
        }
      },
      execute: args =>
        sidebar.reveal(typeof args['section'] === 'string' ? args['section'] : undefined)
    });
    palette?.addItem({ command: OPEN, category: trans.__(CATEGORY) });
  }
};

/** Opens main-area tabs for all domains. */
export const mainAreaPlugin: JupyterFrontEndPlugin<IMainArea> = {
  id: 'jupyterlab-panosc:main-area',
  description: 'Main-area tabs that come back after a reload.',
  autoStart: true,
  requires: [IFacility],
  optional: [ITranslator, ILayoutRestorer, ILabShell],
  provides: IMainArea,
  activate: (
    app: JupyterFrontEnd,
    facility: IFacility,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    labShell: ILabShell | null
  ): IMainArea =>
    new MainArea({
      app,
      // The main area of Notebook 7 holds the one notebook and silently refuses more.
      area: labShell === null ? 'down' : 'main',
      facility,
      trans: (translator ?? nullTranslator).load('jupyterlab_panosc'),
      restorer
    })
};
