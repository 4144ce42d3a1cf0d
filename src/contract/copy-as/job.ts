import type { Job, JobRequest } from '../jobs.ts';
import {
  comment,
  commandLine,
  hereDocument,
  option,
  python,
  shell,
  type CopyAs
} from './command.ts';
import { pythonList, pythonLiteral } from './python-literal.ts';
import { quoteForShell, quotePath } from './quote-for-shell.ts';

/** The words of a script's first line, which read it from their standard input too. */
function interpreterOf(script: string): readonly string[] {
  return /^#!\s*(\S.*)/.exec(script)?.[1]?.trim().split(/\s+/) ?? ['/bin/bash'];
}

/** The folder that a script with an image writes into, as a word for the shell; null where there is none. */
function folderOf(request: JobRequest, script: string): string | null {
  return request.image === undefined
    ? null
    : (/^folder=('(?:[^']|'\\'')*')$/m.exec(script)?.[1] ?? null);
}

/** What the directives of the form say, as options: srun reads no script. */
function srunOptions(request: JobRequest): readonly string[] {
  const { account, comment: note, cpus, gpus, memoryMB, name, partition, timeMinutes } = request;
  const gres =
    gpus === undefined
      ? undefined
      : `gpu:${gpus.type === undefined ? '' : `${gpus.type}:`}${gpus.count}`;
  return [
    ...option('job-name', name),
    ...option('partition', partition),
    ...option('account', account),
    ...option('time', timeMinutes),
    ...option('cpus-per-task', cpus),
    ...option('mem', memoryMB === undefined ? undefined : `${memoryMB}M`),
    ...option('gres', gres),
    ...option('comment', note === '' ? undefined : note)
  ];
}

function submitOptions(request: JobRequest): readonly string[] {
  const { binds, cpus, gpus, memoryMB, name, timeMinutes, workdir } = request;
  const count =
    gpus === undefined
      ? undefined
      : `${gpus.type === undefined ? '' : `${gpus.type}:`}${gpus.count}`;
  return [
    ...option('name', name),
    ...option('workdir', workdir, quotePath),
    ...option('cluster', request.cluster),
    ...option('partition', request.partition),
    ...option('account', request.account),
    ...option('time', timeMinutes),
    ...option('cpus', cpus),
    ...option('mem', memoryMB),
    ...option('gpus', count),
    ...option('image', request.image),
    ...binds.flatMap(({ path }) => option('bind', path, quotePath)),
    ...option('result', request.result === '' ? undefined : request.result, quotePath),
    ...option('comment', request.comment === '' ? undefined : request.comment)
  ];
}

function inImage(request: JobRequest): readonly CopyAs[] {
  const { binds, gpus, image, script, workdir } = request;
  const at = image?.indexOf(':') ?? -1;
  if (image === undefined || at < 0) {
    return [];
  }
  const all = [{ path: workdir, write: true }, ...binds];
  const bind = all.map(({ path, write }) => `${path}:${path}${write ? '' : ':ro'}`).join(',');
  const words = [
    'apptainer exec --cleanenv',
    ...(gpus === undefined ? [] : ['--nv']),
    ...option('bind', bind),
    ...option('pwd', workdir),
    quoteForShell(`/cvmfs/${image.slice(0, at)}${image.slice(at + 1)}`),
    ...interpreterOf(script).map(quoteForShell)
  ];
  return [shell('apptainer', hereDocument(words.join(' '), script))];
}

function inPython(command: readonly string[], script: string, workdir: string): CopyAs {
  const lines = script.replace(/\n$/, '').split('\n');
  return python(
    [
      'import os, subprocess',
      '',
      `script = ${pythonList(lines)}`,
      'subprocess.run(',
      `    [${command.map(pythonLiteral).join(', ')}],`,
      '    input="\\n".join(script) + "\\n", text=True, check=True,',
      `    cwd=os.path.expanduser(${pythonLiteral(workdir)}),`,
      ')',
      ''
    ].join('\n')
  );
}

/** How to hand over the exact script of the form: `script` is that of the preview. */
export function newJobCommands(
  request: JobRequest,
  script: string,
  isBatch: boolean
): readonly CopyAs[] {
  const { binds, workdir } = request;
  const reader = interpreterOf(script);
  const folder = folderOf(request, script);
  const enter = `cd ${quotePath(workdir)} &&${folder === null ? '' : ` mkdir -p ${folder} &&`}`;
  const program = isBatch ? ['sbatch'] : reader;
  const readOnly = binds.some(({ write }) => write)
    ? comment('The command line binds every folder read-only.')
    : '';
  const submit = commandLine('submit', ['/dev/stdin'], submitOptions(request)).trimEnd();
  const srun = ['srun', ...srunOptions(request), ...reader.map(quoteForShell)].join(' ');
  return [
    shell(
      isBatch ? 'sbatch' : 'sh',
      hereDocument(`${enter} ${program.map(quoteForShell).join(' ')}`, script)
    ),
    shell('jupyter panosc', readOnly + hereDocument(submit, request.script)),
    ...(isBatch ? [shell('srun', hereDocument(`${enter} ${srun}`, script))] : []),
    ...inImage(request),
    // What a script with an image needs beside itself, only the shell's command makes.
    ...(folder === null ? [inPython(program, script, workdir)] : [])
  ];
}

/** How to follow a job, and to cancel one that has not ended. */
export function jobCommands(
  { id, jobId, logPath }: Pick<Job, 'id' | 'jobId' | 'logPath'>,
  { isBatch, isFinished }: { readonly isBatch: boolean; readonly isFinished: boolean }
): readonly CopyAs[] {
  const cancel = isFinished
    ? []
    : [shell('jupyter panosc job … cancel', commandLine('job', [id, 'cancel']))];
  const slurm =
    !isBatch || jobId === null
      ? []
      : [
          ...(isFinished ? [] : [shell('squeue', `squeue ${option('jobs', jobId).join('')}\n`)]),
          shell(
            'sacct',
            `sacct ${option('jobs', jobId).join('')} --format=JobID,JobName,State,ExitCode,Elapsed,Timelimit,MaxRSS,ReqTRES,AllocTRES\n`
          ),
          ...(isFinished ? [] : [shell('scancel', `scancel ${quoteForShell(jobId)}\n`)])
        ];
  return [
    shell('jupyter panosc job', commandLine('job', [id])),
    shell('jupyter panosc job … log', commandLine('job', [id, 'log'])),
    ...cancel,
    ...slurm,
    ...(logPath === null ? [] : [shell('tail', `tail -n 50 -- ${quoteForShell(logPath)}\n`)])
  ];
}
