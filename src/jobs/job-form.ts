import type { TranslationBundle } from '@jupyterlab/translation';
import type { JobPreview, JobRequest } from '../contract/jobs.ts';
import { formatMemory, parseMemory } from './memory-size.ts';
import { parseTimeLimit, writeTimeLimit } from './time-limit.ts';

/** Something that is wrong with a field: of the form itself or from the companion. */
export type Finding = JobPreview['findings'][number];

/** A folder that the image sees. */
export interface IBind {
  readonly path: string;
  readonly write: boolean;
}

/** What stands in the fields of *New job*: texts as they were typed; '' is "not given". */
export interface IJobForm {
  readonly script: string;
  readonly name: string;
  readonly workdir: string;
  readonly cluster: string;
  readonly partition: string;
  readonly account: string;
  readonly time: string;
  readonly cpus: string;
  readonly memory: string;
  readonly hasGpu: boolean;
  /** '' is any type. */
  readonly gpuType: string;
  readonly gpuCount: string;
  readonly image: string;
  readonly binds: readonly IBind[];
  readonly result: string;
  readonly comment: string;
}

/** A form with nothing in it. */
export const emptyForm: IJobForm = {
  script: '',
  name: '',
  workdir: '',
  cluster: '',
  partition: '',
  account: '',
  time: '',
  cpus: '',
  memory: '',
  hasGpu: false,
  gpuType: '',
  gpuCount: '1',
  image: '',
  binds: [],
  result: '',
  comment: ''
};

/** Fields that the form lets a person leave empty. */
type OptionalText = 'cluster' | 'partition' | 'account' | 'image' | 'result' | 'comment';

/** What the form asks for, and what in it cannot be understood. */
export interface IReadForm {
  /** Null while there is an error. */
  readonly request: JobRequest | null;
  readonly findings: readonly Finding[];
}

function wholeNumber(text: string, most: number): number | null {
  const value = /^\d+$/.test(text.trim()) ? Number(text) : 0;
  return value >= 1 && value <= most ? value : null;
}

/** Reads the form the way the companion will; what a person still has to change comes as findings. */
export function readForm(form: IJobForm, trans: TranslationBundle): IReadForm {
  const findings: Finding[] = [];
  const complain = (field: keyof JobRequest, text: string): void => {
    findings.push({ field, severity: 'error', text });
  };
  const need = (field: 'script' | 'name' | 'workdir', text: string): void => {
    if (form[field].trim() === '') {
      complain(field, text);
    }
  };
  const number = <T>(
    field: keyof JobRequest,
    text: string,
    parsed: T | null,
    mistake: string
  ): T | undefined => {
    if (text.trim() !== '' && parsed === null) {
      complain(field, mistake);
    }
    return parsed ?? undefined;
  };
  need('script', trans.__('Write what the job shall do.'));
  need('name', trans.__('Give the job a name.'));
  need('workdir', trans.__('Say in which folder it shall run.'));
  const timeMinutes = number(
    'timeMinutes',
    form.time,
    parseTimeLimit(form.time),
    trans.__('Write a time such as 90 min, 2 h or 1-12:00 (days-hours:minutes).')
  );
  const cpus = number(
    'cpus',
    form.cpus,
    wholeNumber(form.cpus, 100_000),
    trans.__('Write a whole number, at least 1.')
  );
  const memoryMB = number(
    'memoryMB',
    form.memory,
    parseMemory(form.memory),
    trans.__('Write a size such as 16 GB or 500 MB.')
  );
  const gpuCount = wholeNumber(form.gpuCount, 1000);
  if (form.hasGpu && gpuCount === null) {
    complain('gpus', trans.__('Write how many GPUs, at least 1.'));
  }
  const optional = (field: OptionalText): Partial<Record<OptionalText, string>> =>
    form[field].trim() === '' ? {} : { [field]: form[field].trim() };
  const request: JobRequest = {
    name: form.name.trim(),
    script: form.script,
    workdir: form.workdir.trim(),
    ...optional('cluster'),
    ...optional('partition'),
    ...optional('account'),
    ...(timeMinutes === undefined ? {} : { timeMinutes }),
    ...(cpus === undefined ? {} : { cpus }),
    ...(memoryMB === undefined ? {} : { memoryMB }),
    ...(form.hasGpu && gpuCount !== null
      ? { gpus: { count: gpuCount, ...(form.gpuType === '' ? {} : { type: form.gpuType }) } }
      : {}),
    ...optional('image'),
    binds: form.binds.filter(bind => bind.path.trim() !== ''),
    ...optional('result'),
    ...optional('comment')
  };
  return { request: findings.length === 0 ? request : null, findings };
}

/** The form that asks for the same: for *Resubmit with changes*. */
export function formOf(request: JobRequest): IJobForm {
  return {
    script: request.script,
    name: request.name,
    workdir: request.workdir,
    cluster: request.cluster ?? '',
    partition: request.partition ?? '',
    account: request.account ?? '',
    time: request.timeMinutes === undefined ? '' : writeTimeLimit(request.timeMinutes),
    cpus: request.cpus === undefined ? '' : String(request.cpus),
    memory: request.memoryMB === undefined ? '' : formatMemory(request.memoryMB),
    hasGpu: request.gpus !== undefined,
    gpuType: request.gpus?.type ?? '',
    gpuCount: String(request.gpus?.count ?? 1),
    image: request.image ?? '',
    binds: request.binds,
    result: request.result ?? '',
    comment: request.comment ?? ''
  };
}
