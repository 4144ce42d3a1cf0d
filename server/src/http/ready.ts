import type { Ready } from '#contract';
import type { RequestHandler } from 'express';
import { isoTime } from '../core/clock.ts';
import { problem, ProblemError } from '../core/problem.ts';
import type { Reconciler } from '../core/reconciler.ts';
import type { Parts } from '../parts.ts';

/** What decides whether the companion can take work. */
export interface Readiness {
  readonly parts: Pick<Parts, 'clock' | 'facility' | 'settings'>;
  readonly reconcilers: readonly Pick<Reconciler, 'hasStarted'>[];
}

const SETTING = 'ready.at';

/** Why the companion cannot work by itself now, and what helps; null when it can. */
export function whyNotReady({
  parts,
  reconcilers
}: Readiness): { readonly sentence: string; readonly cure: string } | null {
  if (!reconcilers.every(({ hasStarted }) => hasStarted)) {
    return {
      sentence: 'The companion has not gone on yet with what was unfinished.',
      cure: 'Ask again in some seconds.'
    };
  }
  try {
    // Only a write proves that writing works.
    parts.settings.set(SETTING, isoTime(parts.clock.now()));
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return {
      sentence: `The database in the state folder cannot be written: ${said}.`,
      cure: 'Free some space there, or set PANOSC_STATE to another folder, and restart.'
    };
  }
  return null;
}

/** `GET /v1/ready`: 200 when work is taken, else a problem that says why not (`/v1/health` only says that it lives). */
export function ready(readiness: Readiness): RequestHandler {
  return (_request, response) => {
    const why = whyNotReady(readiness);
    if (why !== null) {
      throw problem('not-ready', `${why.sentence} ${why.cure}`);
    }
    const { clock, facility } = readiness.parts;
    try {
      const body: Ready = {
        ready: true,
        facility: facility.profile().id,
        at: isoTime(clock.now())
      };
      response.json(body);
    } catch (error) {
      if (error instanceof ProblemError) {
        throw problem('not-ready', error.message, { cause: error });
      }
      throw error;
    }
  };
}
