import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { quotePath } from '../contract/copy-as/quote-for-shell.ts';
import type { IJobForm } from './job-form.ts';
import { scriptTemplate } from './script-template.ts';

/** What another part of the panel puts into a form that is open. */
export interface IFilling {
  readonly image?: string | undefined;
  /** Folder with data. */
  readonly inputs?: string | undefined;
}

/** What a wish for a new job puts into one that is open already; null for a wish of another kind. */
export function fillingOf(wish: ReadonlyPartialJSONObject): IFilling | null {
  const filling = Object.entries(wish).filter(([, value]) => value !== undefined);
  return filling.length > 0 &&
    filling.every(
      ([name, value]) => (name === 'image' || name === 'inputs') && typeof value === 'string'
    )
    ? wish
    : null;
}

/** Whether a line may stand before the first command: shebang, comments (directives too), options of the shell. */
function isHead(line: string): boolean {
  return /^\s*(#|$|set\s)/.test(line);
}

/** The script with the folder named in it; one that names a folder already is left alone. */
function naming(inputs: string, script: string, trans: TranslationBundle): string {
  if (script.trim() === '' || script === scriptTemplate({}, trans)) {
    return scriptTemplate({ inputs }, trans);
  }
  if (/^\s*INPUTS=/m.test(script)) {
    return script;
  }
  const lines = script.split('\n');
  const body = lines.findIndex(line => !isHead(line));
  const at = body < 0 ? lines.length : body;
  return [...lines.slice(0, at), `INPUTS=${quotePath(inputs)}`, ...lines.slice(at)].join('\n');
}

/** What changes in a form: the image runs the script, the data is bound and named; all else stays as it was typed. */
export function fill(
  form: IJobForm,
  { image, inputs }: IFilling,
  trans: TranslationBundle
): Partial<IJobForm> {
  const isBound = form.binds.some(({ path }) => path === inputs);
  return {
    ...(image === undefined ? {} : { image }),
    ...(inputs === undefined
      ? {}
      : {
          script: naming(inputs, form.script, trans),
          binds: isBound ? form.binds : [...form.binds, { path: inputs, write: false }]
        })
  };
}
