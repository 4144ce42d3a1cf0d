import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { companionPlugin } from './companion/plugin.ts';
import { facilityPlugin } from './facility/plugin.ts';
import { mainAreaPlugin, openPlugin, sidebarPlugin } from './shell/plugin.ts';
import { signinPlugin } from './signin/plugin.ts';

/** Everything that the extension adds to JupyterLab. */
const plugins: JupyterFrontEndPlugin<unknown>[] = [
  companionPlugin,
  facilityPlugin,
  signinPlugin,
  sidebarPlugin,
  openPlugin,
  mainAreaPlugin
];

export default plugins;
