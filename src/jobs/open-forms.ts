import type { Widget } from '@lumino/widgets';
import type { NewJobModel } from './new-job-model.ts';

/** One tab *New job*. */
interface IOpenForm {
  readonly number: string;
  readonly draft: NewJobModel;
}

/** The tabs *New job* that are open, in the order in which they were used. */
export class OpenForms {
  #forms: readonly IOpenForm[] = [];

  /** Until the tab is gone. */
  add(number: string, draft: NewJobModel, tab: Widget): void {
    const form = { number, draft };
    const touch = (): void => {
      this.#forms = [...this.#forms.filter(other => other !== form), form];
    };
    touch();
    tab.node.addEventListener('focusin', touch);
    tab.disposed.connect(() => {
      this.#forms = this.#forms.filter(other => other !== form);
    });
  }

  /** The form that was used last and is not submitted yet. */
  get last(): IOpenForm | null {
    return this.#forms.findLast(({ draft }) => draft.submitted === null) ?? null;
  }
}
