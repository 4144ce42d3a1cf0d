import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { UUID } from '@lumino/coreutils';
import { IAcceleratorsProvider } from '../accelerators/tokens.ts';
import { ICompanion } from '../companion/tokens.ts';
import { IFacility } from '../facility/tokens.ts';
import { IImages } from '../images/tokens.ts';
import { addOpenCommand } from '../shell/open-command.ts';
import { toCompanionPath } from '../shell/server-paths.ts';
import { panoscIcon } from '../ui/icons.ts';
import { IMainArea, ISidebar } from '../shell/tokens.ts';
import type { IJobsParts } from './parts.tsx';

/** Adds the section *Jobs* and the tabs *New job* and *Job*. Everything else is loaded when first wanted. */
export const jobsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-panosc:jobs',
  description: 'Submits batch jobs and shows how they do.',
  autoStart: true,
  requires: [ICompanion, IFacility, ISidebar, IMainArea, IAcceleratorsProvider, IImages],
  optional: [ITranslator, IEditorServices, IDefaultFileBrowser],
  // Lab hands services over by position.
  // eslint-disable-next-line max-params
  activate: (
    app: JupyterFrontEnd,
    companion: ICompanion,
    facility: IFacility,
    sidebar: ISidebar,
    mainArea: IMainArea,
    accelerators: IAcceleratorsProvider,
    images: IImages,
    translator: ITranslator | null,
    editors: IEditorServices | null,
    browser: IDefaultFileBrowser | null
  ): void => {
    const { commands } = app;
    const trans = (translator ?? nullTranslator).load('jupyterlab_panosc');
    let loaded: Promise<IJobsParts> | null = null;
    /** What is loaded already. */
    let ready: IJobsParts | null = null;
    const parts = (): Promise<IJobsParts> => {
      loaded ??= import(/* webpackChunkName: "panosc-jobs" */ './parts.tsx')
        .then(({ createJobsParts }) => {
          const made = { companion, facility, accelerators, images, editors, commands, trans };
          return (ready = createJobsParts(made));
        })
        .catch((error: unknown) => {
          loaded = null; // the next wish tries again
          throw error;
        });
      return loaded;
    };
    sidebar.addSection({
      id: 'jobs',
      title: trans.__('Jobs'),
      rank: 300,
      load: async () => (await parts()).section()
    });
    const text = { type: 'string' } as const;
    commands.addCommand('panosc-jobs:new', {
      label: args => (args['isLauncher'] === true ? trans.__('New job') : trans.__('New Job…')),
      caption: trans.__('Write a script and submit it to your facility’s cluster'),
      icon: args => (args['isLauncher'] === true ? panoscIcon : undefined),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            name: text,
            workdir: text,
            script: text,
            program: text,
            inputs: text,
            image: text,
            result: text,
            from: { type: 'string', description: trans.__('Job that the form starts from') }
          }
        }
      },
      execute: ({ isLauncher: _isLauncher, ...args }) => {
        // Data and image meet in one form: the one that is being written, where there is one.
        const open = ready?.fillOpenForm(args);
        const number =
          open ?? (typeof args['tab'] === 'string' ? args['tab'] : UUID.uuid4().slice(0, 8));
        mainArea.open({
          id: `new-job-${number}`,
          title: trans.__('New job'),
          command: 'panosc-jobs:new',
          args: { ...args, tab: number },
          load: async (tab, keeper) =>
            (await parts()).newJob(
              {
                args: { ...args, tab: number },
                number,
                folder: toCompanionPath(browser?.model.path ?? '')
              },
              tab,
              keeper
            )
        });
      }
    });
    addOpenCommand(commands, mainArea, {
      command: 'panosc-jobs:open',
      label: trans.__('Open Job'),
      argument: 'id',
      description: trans.__('Id of the job'),
      kind: 'job',
      titleOf: () => trans.__('Job'),
      load: async (id, tab) => (await parts()).job(id, tab)
    });
    const running = new Set<string>();
    companion.events.on('job').connect((_, job) => {
      if (job.endedAt === null && job.problem === null) {
        running.add(job.id);
      } else if (running.delete(job.id) && document.visibilityState === 'visible') {
        void parts().then(loadedParts => loadedParts.notify(job));
      }
    });
  }
};
