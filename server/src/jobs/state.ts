import { finishedJobStates, type JobState } from '#contract';

/** True when nothing more happens. */
export function isFinished(state: JobState): boolean {
  return finishedJobStates.includes(state);
}

/**
 * The state after a look at the scheduler. What has ended stays ended; a job that the scheduler has forgotten
 * keeps its state (`seen` is null), and one that runs cannot be waiting to be submitted again.
 */
export function nextState(state: JobState, seen: JobState | null): JobState {
  if (isFinished(state) || seen === null) {
    return state;
  }
  if (seen === 'unknown' && state !== 'submitting') {
    return state;
  }
  return seen;
}
