import type { TranslationBundle } from '@jupyterlab/translation';
import type { Problem } from '../contract/problem.ts';

/** `type` of problems that come from the Jupyter server itself and not from the companion. */
export const JUPYTER_PROBLEM = '/problems/jupyter';

/** A request that did not work, with the RFC 9457 document that says why and what to do. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'ProblemError';
    this.problem = problem;
  }

  /** The last part of the `type` URI: a key of the problem table. */
  get slug(): string {
    return this.problem.type.split('/').at(-1) ?? '';
  }
}

/** Turns whatever was thrown into a problem that can be shown. */
export function asProblem(error: unknown, trans: TranslationBundle): Problem {
  if (error instanceof ProblemError) {
    return error.problem;
  }
  return {
    type: JUPYTER_PROBLEM,
    title: trans.__('The Jupyter server does not answer'),
    status: 0,
    detail: trans.__(
      'No answer from the Jupyter server. Check that it still runs, then try again.'
    ),
    action: 'retry'
  };
}

/** True when a request was given up on purpose: nothing to show. */
export function isAbort(error: unknown): boolean {
  // Not instanceof: a DOMException of another realm is none of our Errors.
  return (
    typeof error === 'object' && error !== null && 'name' in error && error.name === 'AbortError'
  );
}
