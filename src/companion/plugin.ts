import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { CompanionClient } from './client.ts';
import { ICompanion } from './tokens.ts';

/** Translation domain of everything that a person reads. */
const DOMAIN = 'jupyterlab_panosc';

/** Provides the one door to the companion. Nothing is sent before somebody asks. */
export const companionPlugin: JupyterFrontEndPlugin<ICompanion> = {
  id: 'jupyterlab-panosc:companion',
  description: 'Requests to the companion and its stream of events.',
  autoStart: true,
  optional: [ITranslator],
  provides: ICompanion,
  activate: (app: JupyterFrontEnd, translator: ITranslator | null) =>
    new CompanionClient(
      app.serviceManager.serverSettings,
      (translator ?? nullTranslator).load(DOMAIN)
    )
};
