import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { Widget } from '@lumino/widgets';
import type { ReactElement } from 'react';
import type { IAcceleratorsProvider } from '../accelerators/tokens.ts';
import type { ICompanion } from '../companion/tokens.ts';
import type { Job } from '../contract/jobs.ts';
import type { Page } from '../contract/paging.ts';
import type { Transfer } from '../contract/transfers.ts';
import type { IFacility } from '../facility/tokens.ts';
import type { IImages } from '../images/tokens.ts';
import type { ISectionView, ITabKeeper } from '../shell/tokens.ts';
import { readDraft } from './draft.ts';
import { fillingOf } from './fill-form.ts';
import { createJobTab } from './job-tab.tsx';
import { keepDraft } from './keep-draft.ts';
import { JobsModel } from './model.ts';
import { NewJobModel } from './new-job-model.ts';
import { createNewJob } from './new-job.tsx';
import { notifyOfJob } from './notify.ts';
import { OpenForms } from './open-forms.ts';
import { prefill } from './prefill.ts';
import { createJobsSection } from './section.tsx';

const IMAGE_ROWS = 20;
/** As many as one page holds. */
const PULLS = 50;

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

/** What a tab *New job* is opened with. */
interface INewJobWish {
  readonly args: ReadonlyPartialJSONObject;
  /** Its name after a reload. */
  readonly number: string;
  /** What the file browser shows. */
  readonly folder: string | null;
}

/** Everything of this domain that is loaded when first wanted; one model behind all of it. */
export interface IJobsParts {
  section(): ISectionView;
  /** A tab *New job*. */
  newJob(wish: INewJobWish, tab: Widget, keeper: ITabKeeper): Promise<ReactElement>;
  /** Puts an image or data into the form that was used last, and gives its number; null where a tab of its own is due. */
  fillOpenForm(wish: ReadonlyPartialJSONObject): string | null;
  job(id: string, tab: Widget): ReactElement;
  notify(job: Job): void;
}

/** Folders that data was pulled into lately; none where that cannot be asked. */
async function pulledFolders(companion: ICompanion): Promise<readonly string[]> {
  try {
    const { items } = await companion.get<Page<Transfer>>('transfers', { limit: PULLS });
    return items.map(({ to }) => to);
  } catch {
    return [];
  }
}

/** Makes the parts. */
export function createJobsParts(services: IServices): IJobsParts {
  const { companion, facility, accelerators, images, editors, commands, trans } = services;
  const model = new JobsModel(companion);
  const forms = new OpenForms();
  const home = (): string => facility.value?.home ?? '';
  return {
    section: () => createJobsSection({ model, facility, commands }),
    fillOpenForm: wish => {
      const filling = fillingOf(wish);
      const form = forms.last;
      if (filling === null || form === null) {
        return null;
      }
      form.draft.fill(filling);
      return form.number;
    },
    newJob: async ({ args, number, folder }, tab, keeper) => {
      const { draft: kept, ...wish } = args;
      const saved = readDraft(kept);
      const [search, gpus, pulled] = await Promise.all([
        images.createSearch(IMAGE_ROWS),
        accelerators.load(),
        saved === null ? pulledFolders(companion) : [],
        facility.load()
      ]);
      const workdir = folder ?? facility.value?.active?.defaultTarget ?? '';
      const draft = new NewJobModel(
        companion,
        trans,
        saved?.form ?? prefill(wish, { workdir, home: home(), pulled }, trans),
        saved?.isTouched
      );
      forms.add(number, draft, tab);
      keepDraft(draft, wish, keeper, trans);
      tab.disposed.connect(() => {
        draft.dispose();
        search.dispose();
      });
      if (typeof wish['from'] === 'string' && saved === null) {
        void draft.startFrom(wish['from']);
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
