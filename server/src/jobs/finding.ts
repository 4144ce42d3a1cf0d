import type { JobPreview } from '#contract';

/** One thing that is wrong with a request, at a field of the form. */
export type Finding = JobPreview['findings'][number];
