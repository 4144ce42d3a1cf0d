import * as z from 'zod';

/**
 * What a check found. `warning`: it works, but not as it should. `skipped`: there is nothing to check here.
 * `unknown`: it could not be looked at, so nobody knows.
 */
export const CheckState = z.enum(['ok', 'warning', 'failed', 'skipped', 'unknown']);
export type CheckState = z.infer<typeof CheckState>;

/** One line of the self-check. */
export const CheckResult = z.object({
  /** Stable name, for monitoring: `signin.umbrella`, `machine.node`. */
  id: z.string(),
  title: z.string(),
  state: CheckState,
  /** What was found, in one sentence. */
  text: z.string(),
  /** What to do about it; null when there is nothing to do. */
  cure: z.string().nullable(),
  /** Milliseconds that it took. */
  ms: z.number()
});
export type CheckResult = z.infer<typeof CheckResult>;

/** `GET /v1/doctor`: everything that the product needs, looked at now. */
export const Doctor = z.object({
  /** The worst of the checks; `unknown` without a facility profile, when next to nothing could be looked at. */
  state: CheckState,
  at: z.string(),
  checks: z.array(CheckResult),
  /** The same as text without secrets, to be sent to whoever helps. */
  report: z.string()
});
export type Doctor = z.infer<typeof Doctor>;
