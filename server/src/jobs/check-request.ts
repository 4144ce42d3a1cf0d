import path from 'node:path';
import type { JobRequest } from '#contract';
import { expandHome, isInside, realPathOfExistingPart } from '../core/paths.ts';
import type { ClusterProfile } from '../facility/profile.ts';
import { schedulerFeatures } from './adapters/features.ts';
import { checkDirectives } from './directives.ts';
import type { Finding } from './finding.ts';

/** Letters that no shell, no `#SBATCH` line and no option parser reads as anything else. */
const grammars = {
  name: [
    /^[A-Za-z0-9][A-Za-z0-9._+@-]*$/,
    'A name has letters, digits and . _ + @ - and begins with a letter or digit.'
  ],
  partition: [/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/, 'This is no name of a partition.'],
  account: [/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/, 'This is no name of an account.'],
  comment: [
    /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}"'\\`$#]*$/u,
    'A comment is one line without quotes, backslashes, $ and #.'
  ]
} as const;

/** A path that can stand in a bind list and between single quotes, on one line. */
const plainPath = /^\/[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}:,'"\\]*$/u;

const error = (field: string, text: string): Finding => ({ field, severity: 'error', text });

/** Folders below which jobs may work and bind. A root with `$USER` is left out while nobody knows who that is. */
export function dataRoots(profile: ClusterProfile, home: string, user: string): string[] {
  return profile.data_roots
    .filter(root => user !== '' || !root.includes('$USER'))
    .map(root => expandHome(root.replaceAll('$USER', user), home));
}

function checkFolder(field: string, folder: string, roots: readonly string[]): Finding[] {
  if (!plainPath.test(folder)) {
    return [
      error(field, 'A folder is an absolute path without quotes, backslashes, commas and colons.')
    ];
  }
  // The kernel follows links before it reads "..": such a path could end elsewhere than it seems.
  if (folder.split('/').some(part => part === '..' || part === '.')) {
    return [error(field, 'Write the folder without "." and "..".')];
  }
  const real = realPathOfExistingPart(path.normalize(folder));
  return roots.some(root => isInside(real, realPathOfExistingPart(root)))
    ? []
    : [error(field, `Jobs may use folders below ${roots.join(' or ') || 'no folder'} only.`)];
}

function checkWords(request: JobRequest): Finding[] {
  const findings: Finding[] = [];
  for (const field of ['name', 'partition', 'account', 'comment'] as const) {
    const value = request[field];
    const [grammar, words] = grammars[field];
    if (value !== undefined && !grammar.test(value)) {
      findings.push(error(field, words));
    }
  }
  const type = request.gpus?.type;
  // A number alone would be read as the count.
  if (type !== undefined && !/^(?=.*[A-Za-z])[A-Za-z0-9][\w.-]*$/.test(type)) {
    findings.push(error('gpus', 'This is no type of a GPU.'));
  }
  if (request.script.includes('\0')) {
    findings.push(error('script', 'The script contains a zero byte.'));
  }
  if (request.script.includes('\r\n')) {
    findings.push(
      error(
        'script',
        'The script has Windows line ends, which sbatch refuses. Save it with Unix line ends.'
      )
    );
  }
  return findings;
}

function checkResult({ result, workdir }: JobRequest): Finding[] {
  if (result === undefined) {
    return [];
  }
  const isFine =
    !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(result) &&
    !path.isAbsolute(result) &&
    path.resolve(workdir, result) !== path.resolve(workdir) &&
    isInside(path.resolve(workdir, result), workdir);
  return isFine ? [] : [error('result', 'The result must lie in the job’s folder.')];
}

/** Everything about a request that can be known without asking the cluster. */
export function checkRequest(
  request: JobRequest,
  profile: ClusterProfile,
  roots: readonly string[]
): Finding[] {
  const features = schedulerFeatures[profile.kind];
  const findings = [
    ...checkWords(request),
    ...checkFolder('workdir', request.workdir, roots),
    ...request.binds.flatMap((bind, index) => checkFolder(`binds.${index}`, bind.path, roots)),
    ...checkResult(request)
  ];
  if (!features.accelerators && request.gpus !== undefined) {
    findings.push(error('gpus', `${profile.title} has no GPUs to ask for.`));
  }
  if (!features.partitions && request.partition !== undefined) {
    findings.push(error('partition', `${profile.title} has no partitions.`));
  }
  if (profile.kind === 'slurm-cli') {
    findings.push(...checkDirectives(request));
  }
  return findings;
}
