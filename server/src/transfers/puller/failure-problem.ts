import { problem, type ProblemError } from '../../core/problem.ts';
import type { RangeFailure } from './messages.ts';

const diskWords: Readonly<Record<string, string>> = {
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'the file system is read-only',
  ELOOP: 'a link is in its place'
};

/** A disk error about a file, as one sentence. */
export function diskProblem(code: string, target: string): ProblemError {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return problem(
        'disk-full',
        `There is no space left for ${target}. Free some space or choose another folder, then retry: what is here is kept.`
      );
    case 'ENAMETOOLONG':
      return problem(
        'bad-file-name',
        `The name of ${target.slice(0, 120)}… is too long for this file system.`
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ELOOP':
      return problem(
        'target-not-writable',
        `${target} cannot be written: ${diskWords[code] ?? code}. Choose another folder.`
      );
    case 'EEXIST':
    case 'ENOTDIR':
      return problem(
        'target-exists',
        `${target} cannot be written: a file is where a folder should be. Move it, then retry; or choose another folder.`
      );
    default:
      return problem(
        'target-not-writable',
        `${target} cannot be written (${code}). Check the disk, or choose another folder.`
      );
  }
}

/** What a failed range means for the person; 401 is handled before. */
export function failureProblem(
  failure: RangeFailure,
  where: { store: string; file: string; target: string }
): ProblemError {
  const { file, store, target } = where;
  switch (failure.kind) {
    case 'disk':
      return diskProblem(failure.code, target);
    case 'changed':
    case 'no-ranges':
      return problem(
        'file-changed',
        `${file} changed at "${store}" while it was pulled. Retry to get the new one from its beginning.`
      );
    case 'garbled':
      return problem(
        'upstream-garbled',
        `"${store}" did not send ${file} as it should: ${failure.text}. Tell its operators.`
      );
    case 'network':
      return problem(
        'upstream-unreachable',
        `The connection to "${store}" failed for ${file} (${failure.text}). Retry goes on where it was.`
      );
    case 'proxy':
      return problem(
        failure.isTransient ? 'upstream-unreachable' : 'proxy-refused',
        `${failure.text} What is here of ${file} is kept.`
      );
    case 'status':
      switch (failure.status) {
        case 401:
        case 403:
          return problem(
            'store-refused',
            `"${store}" refused ${file} (${failure.status}). Ask the proposal's main proposer for access, or sign in with another account.`,
            {
              extra: { status: failure.status }
            }
          );
        case 404:
        case 410:
          return problem(
            'file-missing',
            `${file} is not at "${store}" (${failure.status}). Check the address; if a catalogue lists the file, tell the facility.`,
            {
              extra: { status: failure.status }
            }
          );
        default:
          return problem(
            'upstream-error',
            `"${store}" answered ${failure.status} for ${file}. Retry later: what is here is kept.`,
            {
              extra: { status: failure.status }
            }
          );
      }
  }
}

/** True when the same request may work a moment later. */
export function isTransient(failure: RangeFailure): boolean {
  return (
    failure.kind === 'network' ||
    failure.kind === 'garbled' ||
    (failure.kind === 'proxy' && failure.isTransient) ||
    (failure.kind === 'status' &&
      (failure.status === 429 || failure.status === 408 || failure.status >= 500))
  );
}
