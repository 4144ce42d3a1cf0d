import * as z from 'zod';

/** What a person can do about a problem; the panel renders it as the button beside the sentence. */
export const ProblemAction = z.enum(['sign-in', 'retry', 'fix-input', 'contact', 'none']);
export type ProblemAction = z.infer<typeof ProblemAction>;

/** One row of the table: HTTP status, title, and what helps. */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  readonly action: ProblemAction;
}

/**
 * Every problem that the companion can report. The slug is the last part of the `type` URI;
 * `docs/problems.md` is generated from this table.
 */
export const problemKinds = {
  internal: { status: 500, title: 'Something went wrong in the companion', action: 'contact' },
  'bad-request': { status: 400, title: 'The request was not understood', action: 'fix-input' },
  'not-found': { status: 404, title: 'There is no such thing', action: 'fix-input' },
  'body-too-large': { status: 413, title: 'The request is too large', action: 'fix-input' },
  'not-the-relay': { status: 403, title: 'Only the Jupyter server may ask this', action: 'none' },
  'key-reused': {
    status: 409,
    title: 'This request was made before with other content',
    action: 'fix-input'
  },
  'wrong-state': { status: 409, title: 'This cannot be done in the present state', action: 'none' },
  'no-profile': { status: 409, title: 'No facility is chosen', action: 'fix-input' },
  'bad-profile': { status: 422, title: 'The facility profile has a mistake', action: 'contact' },
  'other-facility': {
    status: 409,
    title: 'This belongs to another facility',
    action: 'fix-input'
  },
  'not-offered': { status: 409, title: 'The facility profile does not offer this', action: 'none' },
  'not-ready': { status: 503, title: 'The companion cannot take work now', action: 'retry' },
  'state-folder': { status: 500, title: 'The state folder cannot be used', action: 'contact' },

  'sign-in-needed': { status: 401, title: 'You need to sign in', action: 'sign-in' },
  'sign-in-failed': { status: 502, title: 'Sign-in did not work', action: 'retry' },
  'sign-in-denied': { status: 403, title: 'Sign-in was refused', action: 'sign-in' },
  'sign-in-expired': { status: 410, title: 'The sign-in code has expired', action: 'sign-in' },
  'provider-unreachable': {
    status: 502,
    title: 'The sign-in service does not answer',
    action: 'retry'
  },
  'provider-not-trusted': {
    status: 502,
    title: 'The sign-in service sent something that cannot be trusted',
    action: 'contact'
  },

  'upstream-unreachable': { status: 502, title: 'The service does not answer', action: 'retry' },
  'upstream-error': { status: 502, title: 'The service reported an error', action: 'retry' },
  'upstream-garbled': {
    status: 502,
    title: 'The service sent something else than data',
    action: 'contact'
  },
  'proxy-refused': {
    status: 502,
    title: 'The proxy of this machine lets nothing through',
    action: 'contact'
  },
  'upstream-slow': { status: 504, title: 'The service is too slow', action: 'retry' },
  'dataset-not-found': { status: 404, title: 'There is no such dataset', action: 'fix-input' },

  'store-refused': { status: 403, title: 'The store refused access', action: 'sign-in' },
  'store-not-allowed': {
    status: 403,
    title: 'This address is not in the facility profile',
    action: 'fix-input'
  },
  'file-missing': { status: 404, title: 'A file is missing at the store', action: 'contact' },
  'file-removed': { status: 404, title: 'A file is not on this disk any more', action: 'retry' },
  'file-changed': { status: 409, title: 'A file changed while it was pulled', action: 'retry' },
  'checksum-mismatch': {
    status: 409,
    title: 'A file does not match its checksum',
    action: 'retry'
  },
  'size-mismatch': {
    status: 409,
    title: 'A file has another size than announced',
    action: 'retry'
  },
  'disk-full': { status: 507, title: 'The disk is full', action: 'fix-input' },
  'does-not-fit': { status: 507, title: 'The data does not fit', action: 'fix-input' },
  'pull-too-large': {
    status: 403,
    title: 'The pull is larger than allowed here',
    action: 'contact'
  },
  'target-not-writable': {
    status: 403,
    title: 'The folder cannot be written',
    action: 'fix-input'
  },
  'target-exists': { status: 409, title: 'A different file is in the way', action: 'fix-input' },
  'bad-file-name': { status: 422, title: 'A file name cannot be used here', action: 'contact' },
  'path-not-allowed': {
    status: 403,
    title: 'This path is outside the allowed folders',
    action: 'fix-input'
  },

  'repository-not-listed': {
    status: 404,
    title: 'This repository is not in the facility profile',
    action: 'fix-input'
  },
  'repository-not-trusted': {
    status: 502,
    title: 'The repository cannot be trusted',
    action: 'contact'
  },
  'repository-expired': {
    status: 502,
    title: "The repository's whitelist has expired",
    action: 'contact'
  },
  'image-not-found': { status: 404, title: 'There is no such image', action: 'fix-input' },
  'image-not-readable': { status: 422, title: 'The image cannot be read', action: 'contact' },
  'object-tampered': { status: 502, title: 'Data does not match its hash', action: 'contact' },

  'scheduler-missing': {
    status: 503,
    title: 'The scheduler is not available here',
    action: 'contact'
  },
  'scheduler-slow': {
    status: 504,
    title: 'The scheduler does not answer in time',
    action: 'retry'
  },
  'scheduler-error': { status: 502, title: 'The scheduler reported an error', action: 'contact' },
  'job-refused': { status: 422, title: 'The scheduler refused the job', action: 'fix-input' },
  'job-not-found': { status: 404, title: 'There is no such job', action: 'none' },
  'job-not-yours': { status: 403, title: 'This job belongs to somebody else', action: 'none' },
  'bad-job': { status: 422, title: 'The job cannot be submitted like this', action: 'fix-input' },
  'cancel-not-confirmed': { status: 502, title: 'The job still runs', action: 'retry' },
  'grant-differs': { status: 409, title: 'The job got less than it asked for', action: 'contact' }
} as const satisfies Record<string, ProblemKind>;

export type ProblemSlug = keyof typeof problemKinds;

/** RFC 9457 problem details, as sent with `application/problem+json`. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  /** What happened, to which file or job, and what to do now. One or two sentences. */
  detail: z.string(),
  action: ProblemAction,
  /** The request id, to be quoted when asking for help. */
  instance: z.string().optional(),
  /** Extra facts: field name, path, job id, upstream status. Never a secret. */
  extra: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional()
});
export type Problem = z.infer<typeof Problem>;
