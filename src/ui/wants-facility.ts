import type { Problem, ProblemSlug } from '../contract/problem.ts';

const SLUGS: readonly ProblemSlug[] = ['other-facility', 'no-profile'];

/** True when only the choice of a facility helps: trying again would end the same. */
export function wantsFacility(problem: Problem | null): boolean {
  return problem !== null && SLUGS.some(slug => problem.type.endsWith(`/${slug}`));
}
