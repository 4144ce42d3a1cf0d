import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { Widget } from '@lumino/widgets';
import type { ReactElement } from 'react';
import type { IAcceleratorsProvider } from '../accelerators/tokens.ts';
import type { ICompanion } from '../companion/tokens.ts';
import type { Job } from '../contract/jobs.ts';
import type { IFacility } from '../facility/tokens.ts';
import type { IImages } from '../images/tokens.ts';
import type { ISectionView } from '../shell/tokens.ts';
import { createJobTab } from './job-tab.tsx';
import { JobsModel } from './model.ts';
import { NewJobModel } from './new-job-model.ts';
import { createNewJob } from './new-job.tsx';
import { notifyOfJob } from './notify.ts';
import { prefill } from './prefill.ts';
import { createJobsSection } from './section.tsx';

const IMAGE_ROWS = 20;

/** What the domain is made of. */
interface IServices {
  readonly companion: ICompanion;
  readonly facility: IFacility;
  readonly accelerators: IAcceleratorsProvider;
  readonly images: IImages;
  readonly editors: IEditorServices | null;
  readonly commands: JupyterFrontEnd['commands'];
  readonly trans: TranslationBundle;
}

/** Everything of this domain that is loaded when first wanted; one model behind all of it. */
export interface IJobsParts {
  section(): ISectionView;
  /** A tab *New job*; `folder` is what the file browser shows. */
  newJob(
    args: ReadonlyPartialJSONObject,
    folder: string | null,
    tab: Widget
  ): Promise<ReactElement>;
  job(id: string, tab: Widget): ReactElement;
  notify(job: Job): void;
}

/** Makes the parts. */
export function createJobsParts(services: IServices): IJobsParts {
  const { companion, facility, accelerators, images, editors, commands, trans } = services;
  const model = new JobsModel(companion);
  const home = (): string => facility.value?.home ?? '';
  return {
    section: () => createJobsSection({ model, facility, commands }),
    newJob: async (args, folder, tab) => {
      const [search, gpus] = await Promise.all([
        images.createSearch(IMAGE_ROWS),
        accelerators.load(),
        facility.load()
      ]);
      const workdir = folder ?? facility.value?.active?.defaultTarget ?? '';
      const draft = new NewJobModel(
        companion,
        trans,
        prefill(args, { workdir, home: home() }, trans)
      );
      tab.disposed.connect(() => {
        draft.dispose();
        search.dispose();
      });
      if (typeof args['from'] === 'string') {
        void draft.startFrom(args['from']);
      }
      return createNewJob({
        draft,
        model,
        accelerators: gpus,
        facility,
        search,
        editors,
        commands
      });
    },
    job: (id, tab) => {
      const name = (): void => {
        const job = model.list.get(id);
        if (job !== undefined) {
          tab.title.label = job.name;
        }
      };
      model.list.changed.connect(name);
      tab.disposed.connect(() => model.list.changed.disconnect(name));
      name();
      return createJobTab({ id, companion, model, facility, commands });
    },
    notify: job => notifyOfJob(job, home(), commands, trans)
  };
}
