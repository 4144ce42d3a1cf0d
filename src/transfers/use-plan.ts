import * as React from 'react';
import { isAbort } from '../companion/problem-error.ts';
import type { ICompanion } from '../companion/tokens.ts';
import type { Problem } from '../contract/problem.ts';
import type { StartTransfer, TransferPlan } from '../contract/transfers.ts';

const DEBOUNCE_MS = 300;

/** What a pull would do, asked again a moment after every change, that of the facility too. */
export interface IPlanState {
  readonly plan: TransferPlan | null;
  readonly problem: Problem | null;
  readonly isLoading: boolean;
  readonly again: () => void;
}

/** Plans a pull without starting it. */
export function usePlan(companion: ICompanion, wish: StartTransfer): IPlanState {
  const body = JSON.stringify(wish);
  const [attempt, again] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    // Catalogue, stores and folders of a pull are those of the facility that is chosen when it starts.
    const onChange = (): void => again();
    const { events } = companion;
    events.on('facility').connect(onChange);
    events.on('reset').connect(onChange);
    return () => {
      events.on('facility').disconnect(onChange);
      events.on('reset').disconnect(onChange);
    };
  }, [companion]);
  const key = `${attempt} ${body}`;
  const [answer, setAnswer] = React.useState<{
    readonly key: string;
    readonly plan: TransferPlan | null;
    readonly problem: Problem | null;
  }>({ key: '', plan: null, problem: null });
  React.useEffect(() => {
    const running = new AbortController();
    const timer = setTimeout(() => {
      companion
        .post<TransferPlan>('transfers/plan', JSON.parse(body), { signal: running.signal })
        .then(
          plan => setAnswer({ key, plan, problem: null }),
          (error: unknown) => {
            if (!isAbort(error)) {
              setAnswer({ key, plan: null, problem: companion.problemOf(error) });
            }
          }
        );
    }, DEBOUNCE_MS);
    return () => {
      clearTimeout(timer);
      running.abort();
    };
  }, [companion, body, key]);
  const isLoading = answer.key !== key;
  return {
    plan: answer.plan,
    problem: isLoading ? null : answer.problem,
    isLoading,
    again
  };
}
