import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { ICompanion } from '../companion/tokens.ts';
import { CATEGORY, IMainArea } from '../shell/tokens.ts';

const OPEN = 'panosc-doctor:open';
const REPORT = 'panosc-doctor:report';

/** Adds the commands that open the self-check and copy its report. */
export const doctorPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-panosc:doctor',
  description: 'Looks at everything that is needed, and says what to do.',
  autoStart: true,
  requires: [ICompanion, IMainArea],
  optional: [ITranslator, ICommandPalette],
  activate: (
    { commands }: JupyterFrontEnd,
    companion: ICompanion,
    mainArea: IMainArea,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_panosc');
    commands.addCommand(OPEN, {
      label: trans.__('Self-Check'),
      caption: trans.__('Look at everything that is needed, and write a report for whoever helps'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => {
        mainArea.open({
          id: 'doctor',
          title: trans.__('Self-Check'),
          command: OPEN,
          args: {},
          load: async () => {
            const { createDoctorTab } = await import(
              /* webpackChunkName: "panosc-doctor" */ './doctor-tab.tsx'
            );
            return createDoctorTab(companion);
          }
        });
      }
    });
    commands.addCommand(REPORT, {
      label: trans.__('Report a Problem'),
      caption: trans.__('Copy what the self-check finds, without secrets, for whoever helps'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: async () => {
        const { reportProblem } = await import(
          /* webpackChunkName: "panosc-doctor" */ './report-problem.ts'
        );
        await reportProblem(companion, trans, () => void commands.execute(OPEN));
      }
    });
    for (const command of [OPEN, REPORT]) {
      palette?.addItem({ command, category: trans.__(CATEGORY) });
    }
  }
};
