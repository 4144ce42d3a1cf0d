import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { acceleratorsPlugin } from './accelerators/plugin.ts';
import { companionPlugin } from './companion/plugin.ts';
import { datasetsCommandsPlugin } from './datasets/commands.ts';
import { datasetsPlugin } from './datasets/plugin.ts';
import { doctorPlugin } from './doctor/plugin.ts';
import { facilityCommandsPlugin } from './facility/commands.ts';
import { facilityPlugin } from './facility/plugin.ts';
import { imagesPlugin } from './images/plugin.ts';
import { jobsCommandsPlugin } from './jobs/commands.ts';
import { jobsPlugin } from './jobs/plugin.ts';
import { mainAreaPlugin, openPlugin, sidebarPlugin } from './shell/plugin.ts';
import { statusPlugin } from './shell/status.ts';
import { signinCommandsPlugin } from './signin/commands.ts';
import { signinPlugin } from './signin/plugin.ts';
import { transfersPlugin } from './transfers/plugin.ts';

/** Everything that the extension adds to JupyterLab. */
const plugins: JupyterFrontEndPlugin<unknown>[] = [
  companionPlugin,
  facilityPlugin,
  facilityCommandsPlugin,
  signinPlugin,
  signinCommandsPlugin,
  sidebarPlugin,
  openPlugin,
  mainAreaPlugin,
  statusPlugin,
  datasetsPlugin,
  datasetsCommandsPlugin,
  transfersPlugin,
  acceleratorsPlugin,
  imagesPlugin,
  jobsPlugin,
  jobsCommandsPlugin,
  doctorPlugin
];

export default plugins;
