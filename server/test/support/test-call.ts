import type { CallContext } from '../../src/core/call-context.ts';
import { systemClock } from '../../src/core/clock.ts';
import { makeLog } from '../../src/core/log.ts';
import { problem } from '../../src/core/problem.ts';

/** A context without any token, for tests of what needs none. */
export function testCall(signal: AbortSignal = new AbortController().signal): CallContext {
  return {
    signal,
    log: makeLog('silent'),
    clock: systemClock,
    token: () => Promise.reject(problem('sign-in-needed', 'Sign in first.'))
  };
}
