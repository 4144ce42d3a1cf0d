import type { JobRequest } from '#contract';
import type { Finding } from './finding.ts';

/** Short options of sbatch(1) that matter here. */
const longNames: Readonly<Record<string, string>> = {
  A: 'account',
  a: 'array',
  c: 'cpus-per-task',
  D: 'chdir',
  e: 'error',
  G: 'gpus',
  J: 'job-name',
  M: 'clusters',
  o: 'output',
  p: 'partition',
  t: 'time',
  W: 'wait'
};

/** Options of the person's own `#SBATCH` lines, as sbatch reads them: before the first command, from column 1. */
export function ownDirectives(script: string): string[] {
  const found: string[] = [];
  for (const line of script.split('\n')) {
    if (!/^[ \t\v\f\r]*(#|$)/.test(line)) {
      break;
    }
    const options = /^#SBATCH\s+(.*)$/.exec(line)?.[1] ?? '';
    for (const [, long, short] of options.matchAll(
      /(?:^|\s)(?:--([a-z][a-z-]*)|-([A-Za-z])(?=[\s\d=:\w]|$))/g
    )) {
      found.push(long === undefined ? (longNames[short ?? ''] ?? short ?? '') : fullName(long));
    }
  }
  return found;
}

/** With these nobody could follow the job from here. */
const unfollowable: Readonly<Record<string, string>> = {
  wait: 'it would hold up the submission until the job has ended',
  'test-only': 'it submits nothing',
  clusters: 'it sends the job to another cluster',
  cluster: 'it sends the job to another cluster',
  uid: 'it submits as somebody else',
  gid: 'it submits as another group'
};

/** Options that the form sets, and the field of the form. */
const ofTheForm: Readonly<Record<string, keyof JobRequest>> = {
  partition: 'partition',
  account: 'account',
  time: 'timeMinutes',
  'cpus-per-task': 'cpus',
  mem: 'memoryMB',
  gres: 'gpus',
  comment: 'comment'
};

/** Options that matter here; sbatch takes every unambiguous beginning of a name (getopt_long(3)). */
const known = [...Object.keys(unfollowable), ...Object.keys(ofTheForm), 'output', 'error'];

function fullName(written: string): string {
  const fitting = known.filter(name => name.startsWith(written));
  const isSure = fitting.length === 1 || fitting.every(name => name in unfollowable);
  return known.includes(written) || !isSure ? written : (fitting[0] ?? written);
}

/** What is wrong with, or overruled in, the person's own `#SBATCH` lines. */
export function checkDirectives(request: JobRequest): Finding[] {
  const findings: Finding[] = [];
  const say = (field: string, severity: Finding['severity'], text: string): void => {
    findings.push({ field, severity, text });
  };
  for (const option of new Set(ownDirectives(request.script))) {
    const why = unfollowable[option];
    const field = ofTheForm[option];
    if (why !== undefined) {
      say('script', 'error', `Take the line "#SBATCH --${option}" out of the script: ${why}.`);
    } else if (field !== undefined && request[field] !== undefined) {
      say(field, 'warning', `The script says --${option} too; what stands here counts.`);
    } else if (option.startsWith('gpus') && request.gpus !== undefined) {
      say('gpus', 'error', `The script asks for GPUs too (--${option}). Keep one of the two.`);
    } else if (option.startsWith('mem-per-') && request.memoryMB !== undefined) {
      say(
        'memoryMB',
        'error',
        `The script asks for memory too (--${option}). Keep one of the two.`
      );
    } else if (option === 'output' || option === 'error') {
      say('script', 'warning', `The log goes into the job's folder; --${option} has no effect.`);
    } else if (option === 'chdir') {
      say('workdir', 'warning', 'The script says --chdir too; what stands here counts.');
    }
  }
  if (/^#(PBS|BSUB)\b/m.test(request.script)) {
    say('script', 'warning', 'Lines with #PBS or #BSUB are not read. Write #SBATCH lines instead.');
  }
  return findings;
}
