import type { JobRequest } from '#contract';
import type { ClusterProfile } from '../facility/profile.ts';

/** An image that was found and may be used. */
export interface JobImage {
  readonly ref: string;
  readonly mountPath: string;
}

/** File that a run without its image leaves in the job's folder. */
export const WITHOUT_IMAGE = 'ran-without-image';
/** File with the sentence that says why the node could not run the image. */
export const WHY_NOT = 'why-not';
/** What a container would not see of the job otherwise: `--cleanenv` drops it. */
const passedOn = [
  'CUDA_VISIBLE_DEVICES',
  'OMP_NUM_THREADS',
  'SLURM_ARRAY_TASK_ID',
  'SLURM_CPUS_PER_TASK',
  'SLURM_JOB_ID'
];
/** Exit code of a job whose node lacks Apptainer or the image. */
const EXIT_NO_IMAGE = 3;

/** A literal for sh(1): nothing is special between single quotes but the quote itself. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Directives of Slurm for what the form holds; the request was checked before. */
function directives(request: JobRequest): string[] {
  const { account, comment, cpus, gpus, memoryMB, name, partition, timeMinutes } = request;
  const lines = [
    `--job-name=${name}`,
    partition === undefined ? null : `--partition=${partition}`,
    account === undefined ? null : `--account=${account}`,
    timeMinutes === undefined ? null : `--time=${timeMinutes}`,
    cpus === undefined ? null : `--cpus-per-task=${cpus}`,
    memoryMB === undefined ? null : `--mem=${memoryMB}M`,
    gpus === undefined
      ? null
      : `--gres=gpu:${gpus.type === undefined ? '' : `${gpus.type}:`}${gpus.count}`,
    comment === undefined || comment === '' ? null : `--comment="${comment}"`
  ];
  return lines.filter(line => line !== null).map(line => `#SBATCH ${line}`);
}

/** Shebang, the comment block at the top (with the person's own directives), and the rest. */
function partsOf(script: string): { shebang: string; head: string[]; body: string[] } {
  const lines = script.replace(/\n$/, '').split('\n');
  const shebang = lines[0]?.startsWith('#!') === true ? (lines.shift() ?? '') : '#!/bin/bash';
  let count = 0;
  // White space is what isspace(3) says: after a no-break space sbatch sees a command.
  while (count < lines.length && /^[ \t\v\f\r]*(#|$)/.test(lines[count] ?? '')) {
    count++;
  }
  return { shebang, head: lines.slice(0, count), body: lines.slice(count) };
}

/** A word that no line of the script is. */
function delimiterFor(lines: readonly string[]): string {
  let word = 'END_OF_SCRIPT';
  while (lines.includes(word)) {
    word += '_';
  }
  return word;
}

function bindList(request: JobRequest): string {
  const binds = request.binds.map(({ path, write }) => `${path}:${path}${write ? '' : ':ro'}`);
  return [`${request.workdir}:${request.workdir}`, ...binds].join(',');
}

/** The part that runs the person's script in the image, after looking on the node whether it can. */
function inImage(
  request: JobRequest,
  profile: ClusterProfile,
  image: JobImage,
  folder: string,
  script: readonly string[]
): string[] {
  const delimiter = delimiterFor(script);
  const refuse = (condition: string, sentence: string): string[] => [
    `if ${condition}; then`,
    profile.allow_without_image
      ? `  why="$why"${quoted(`${sentence} `)}`
      : `  printf '%s\\n' ${quoted(`${sentence} The job ends here.`)} | tee "$folder/${WHY_NOT}" >&2; exit ${EXIT_NO_IMAGE}`,
    'fi'
  ];
  const run = [
    `exec ${quoted(profile.apptainer)} exec --cleanenv${request.gpus === undefined ? '' : ' --nv'}`,
    `--bind ${quoted(bindList(request))} --pwd ${quoted(request.workdir)} "$image" "$body"`
  ].join(' ');
  return [
    '# --- written by jupyterlab-panosc: your script runs in the image',
    `image=${quoted(image.mountPath)}`,
    `folder=${quoted(folder)}`,
    // Tasks of an array run at once: each has its own copy.
    'body="$folder/body-${SLURM_JOB_ID:-$$}"',
    `cat > "$body" <<'${delimiter}' || exit ${EXIT_NO_IMAGE}`,
    ...script,
    delimiter,
    'chmod 700 "$body"',
    ...(profile.allow_without_image ? ["why=''"] : []),
    ...refuse(
      `! command -v ${quoted(profile.apptainer)} > /dev/null 2>&1`,
      `Apptainer ("${profile.apptainer}") is not installed on this node.`
    ),
    ...refuse(
      '[ ! -e "$image" ]',
      `The image ${image.mountPath} cannot be seen on this node: is CVMFS mounted here?`
    ),
    ...(profile.allow_without_image
      ? [
          'if [ -n "$why" ]; then',
          `  touch "$folder/${WITHOUT_IMAGE}"`,
          `  printf '%s\\n' "\${why}This facility profile allows a run WITHOUT the image: that is what follows." >&2`,
          '  exec "$body"',
          'fi'
        ]
      : []),
    `for name in ${passedOn.join(' ')}; do`,
    '  [ -z "${!name+x}" ] || export "APPTAINERENV_$name=${!name}"',
    'done',
    run
  ];
}

/**
 * The exact script that is handed over. Directives of the form come after those of the person, so that the
 * form counts; the person's own lines stay as they are.
 */
export function buildScript(
  request: JobRequest,
  profile: ClusterProfile,
  image: JobImage | null,
  folder: string
): string {
  const { body, head, shebang } = partsOf(request.script);
  const ours = profile.kind === 'local' ? [] : directives(request);
  const isDirective = (line: string): boolean => line.startsWith('#SBATCH');
  const lines =
    image === null
      ? [shebang, ...head, ...ours, ...body]
      : [
          '#!/bin/bash',
          ...head.filter(isDirective),
          ...ours,
          ...inImage(request, profile, image, folder, [
            shebang,
            ...head.filter(line => !isDirective(line)),
            ...body
          ])
        ];
  return `${lines.join('\n')}\n`;
}
