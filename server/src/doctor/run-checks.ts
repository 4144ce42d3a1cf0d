import type { CheckResult, CheckState } from '#contract';
import type { CallContext } from '../core/call-context.ts';
import { cleanText } from '../core/clean-text.ts';
import { ProblemError } from '../core/problem.ts';
import { notChecked, type Check, type Finding } from './port.ts';

const LIMIT_MS = 8000;
const MAX_TEXT = 400;
/** As the Monitoring Plugins put states together: what is not known comes after what is known to be wrong. */
const order: readonly CheckState[] = ['skipped', 'ok', 'unknown', 'warning', 'failed'];

/** The worst of some states; nothing at all is `skipped`. */
export function worstOf(states: readonly CheckState[]): CheckState {
  return states.reduce(
    (worst, state) => (order.indexOf(state) > order.indexOf(worst) ? state : worst),
    'skipped'
  );
}

type PlaceOf = (key: readonly (string | number)[]) => string;

async function find(
  check: Check,
  call: CallContext,
  limitMs: number
): Promise<Finding & { problem?: ProblemError }> {
  const limit = AbortSignal.timeout(limitMs);
  const context = { ...call, signal: AbortSignal.any([call.signal, limit]) };
  // A check that does not hear its signal must not hold up the others.
  const late = new Promise<Finding>((resolve, reject) => {
    context.signal.addEventListener('abort', () =>
      call.signal.aborted
        ? reject(call.signal.reason as Error)
        : resolve({
            state: 'failed',
            text: `No answer within ${Math.round(limitMs / 1000)} s.`,
            cure: 'Check the network, then check again.'
          })
    );
  });
  try {
    return await Promise.race([check.run(context), late]);
  } catch (error) {
    call.signal.throwIfAborted();
    if (limit.aborted) {
      return late;
    }
    if (error instanceof ProblemError) {
      return { state: 'failed', text: error.message, problem: error };
    }
    call.log.error({ err: error, check: check.id }, 'a check failed by itself');
    return notChecked('the check itself failed. See companion.log in the state folder.');
  }
}

/** Runs all checks side by side; each has a time limit of its own. */
export async function runChecks(
  checks: readonly Check[],
  call: CallContext,
  placeOf: PlaceOf,
  limitMs = LIMIT_MS
): Promise<CheckResult[]> {
  return Promise.all(
    checks.map(async check => {
      const start = call.clock.monotonic();
      const { cure, problem, state, text } = await find(check, call, limitMs);
      const field =
        state === 'failed' ? check.fieldOf?.(problem?.slug ?? null, problem?.extra) : undefined;
      const place = field === undefined ? '' : ` (${cleanText(placeOf(field), MAX_TEXT)})`;
      return {
        id: check.id,
        title: check.title,
        state,
        text: `${cleanText(text, MAX_TEXT)}${place}`,
        cure: cure ?? null,
        ms: Math.round(call.clock.monotonic() - start)
      };
    })
  );
}
