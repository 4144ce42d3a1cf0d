import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICompanion } from '../companion/tokens.ts';
import { IAcceleratorsProvider, type IAccelerators } from './tokens.ts';

/** Provides which GPUs are free. Nothing is asked before a form wants to know. */
export const acceleratorsPlugin: JupyterFrontEndPlugin<IAcceleratorsProvider> = {
  id: 'jupyterlab-panosc:accelerators',
  description: 'Which GPUs there are and how many of them are free.',
  autoStart: true,
  requires: [ICompanion],
  provides: IAcceleratorsProvider,
  activate: (_app: JupyterFrontEnd, companion: ICompanion) => {
    let model: IAccelerators | null = null;
    return {
      load: async () => {
        const { AcceleratorsModel } = await import(
          /* webpackChunkName: "panosc-jobs" */ './model.ts'
        );
        model ??= new AcceleratorsModel(companion);
        return model;
      }
    };
  }
};
