import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICompanion } from '../companion/tokens.ts';
import { AcceleratorsModel } from './model.ts';
import { IAccelerators } from './tokens.ts';

/** Provides which GPUs are free. Nothing is asked before a form wants to know. */
export const acceleratorsPlugin: JupyterFrontEndPlugin<IAccelerators> = {
  id: 'jupyterlab-panosc:accelerators',
  description: 'Which GPUs there are and how many of them are free.',
  autoStart: true,
  requires: [ICompanion],
  provides: IAccelerators,
  activate: (_app: JupyterFrontEnd, companion: ICompanion) => new AcceleratorsModel(companion)
};
