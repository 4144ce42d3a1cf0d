import type { CheckState } from '#contract';
import type { CallContext } from '../core/call-context.ts';
import type { ProblemError } from '../core/problem.ts';

/** What a check found, and what to do about it. */
export interface Finding {
  readonly state: CheckState;
  /** One sentence. */
  readonly text: string;
  readonly cure?: string;
}

/**
 * One thing that can be in order or not. `run` may throw a ProblemError: that is a failed check with
 * the problem's sentence. It changes nothing, and needs no sign-in.
 */
export interface Check {
  /** `domain.name`, stable: monitoring systems ask for it. */
  readonly id: string;
  readonly title: string;
  /** Key of the profile that it is about, by the problem: what fails names file, line and field. */
  readonly fieldOf?: (
    slug: string | null,
    extra?: ProblemError['extra']
  ) => readonly (string | number)[];
  run(call: CallContext): Promise<Finding>;
}

/** Everything is as it should be. */
export function ok(text: string): Finding {
  return { state: 'ok', text };
}

/** It could not be looked at, and why: never green. */
export function notChecked(why: string, cure?: string): Finding {
  return { state: 'unknown', text: `Not checked: ${why}`, ...(cure === undefined ? {} : { cure }) };
}
