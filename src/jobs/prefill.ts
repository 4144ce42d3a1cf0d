import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { IJobForm } from './job-form.ts';
import { scriptTemplate } from './script-template.ts';

/** Arguments of `panosc-jobs:new`: what is given stands in the form from the start. */
type Argument = 'name' | 'workdir' | 'script' | 'program' | 'inputs' | 'image' | 'result';

/** The home folder written out: inside quotes a shell does not expand it. */
function withoutTilde(path: string, home: string): string {
  return home !== '' && (path === '~' || path.startsWith('~/')) ? home + path.slice(1) : path;
}

/** A name for the job, made of what it runs or reads. */
function nameFor(program: string | undefined, inputs: string | undefined): string {
  const from = program ?? inputs;
  const base = from === undefined ? '' : PathExt.basename(from).replace(/\.[^.]*$/, '');
  return base === '' ? 'my-job' : base.slice(0, 100);
}

function isInside(folder: string, parent: string): boolean {
  return folder === parent || folder.startsWith(`${parent}/`);
}

/** A folder of its own beside the data, so that logs and results never lie among what was verified. */
function besideData(folder: string, data: readonly string[], home: string): string {
  const around = data.find(pulled => isInside(folder, pulled) && !isInside(home, pulled));
  return around === undefined
    ? folder
    : besideData(`${around.slice(0, around.lastIndexOf('/'))}/jobs`, data, home);
}

/** Where a new job is asked for. */
interface IHere {
  /** Folder that the file browser shows. */
  readonly workdir: string;
  readonly home: string;
  /** Folders that data was pulled into. */
  readonly pulled?: readonly string[];
}

/** The form that a new job starts with. */
export function prefill(
  args: ReadonlyPartialJSONObject,
  here: IHere,
  trans: TranslationBundle
): Partial<IJobForm> {
  const text = (name: Argument): string | undefined => {
    const value = args[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const given = text('inputs');
  const inputs = given === undefined ? undefined : withoutTilde(given, here.home);
  const program = text('program');
  const workdir = text('workdir');
  const data = [...(inputs === undefined ? [] : [inputs]), ...(here.pulled ?? [])];
  return {
    script: text('script') ?? scriptTemplate({ inputs, program }, trans),
    name: text('name') ?? nameFor(program, inputs),
    workdir:
      workdir === undefined
        ? besideData(withoutTilde(here.workdir, here.home), data, here.home)
        : withoutTilde(workdir, here.home),
    image: text('image') ?? '',
    result: text('result') ?? '',
    binds: inputs === undefined ? [] : [{ path: inputs, write: false }]
  };
}
