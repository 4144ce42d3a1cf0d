import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { emptyForm, type IBind, type IJobForm } from './job-form.ts';

/** A form that is not submitted yet, as it is kept for the next page load. */
export interface IDraft {
  readonly form: IJobForm;
  /** A person has changed something in it. */
  readonly isTouched: boolean;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isBind(value: unknown): value is IBind {
  return (
    isObject(value) && typeof value['path'] === 'string' && typeof value['write'] === 'boolean'
  );
}

/** What was kept, made whole: it may be of an older version of this extension. Null when it is no draft. */
export function readDraft(kept: unknown): IDraft | null {
  const form = isObject(kept) ? kept['form'] : null;
  if (!isObject(kept) || !isObject(form)) {
    return null;
  }
  const known = Object.entries(emptyForm).map(([field, empty]): [string, unknown] => {
    const value = form[field];
    const isFine = Array.isArray(empty)
      ? Array.isArray(value) && value.every(isBind)
      : typeof value === typeof empty;
    return [field, isFine ? value : empty];
  });
  return {
    form: { ...emptyForm, ...(Object.fromEntries(known) as Partial<IJobForm>) },
    isTouched: kept['isTouched'] === true
  };
}

/** What is kept of it. */
export function writeDraft({ form, isTouched }: IDraft): ReadonlyPartialJSONObject {
  return {
    form: { ...form, binds: form.binds.map(({ path, write }) => ({ path, write })) },
    isTouched
  };
}
