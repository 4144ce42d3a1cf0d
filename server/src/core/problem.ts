import { problemKinds, type Problem, type ProblemSlug } from '#contract';

type Extra = NonNullable<Problem['extra']>;

/** An error that a person may read. Adapters translate upstream errors into it at their edge. */
export class ProblemError extends Error {
  readonly slug: ProblemSlug;
  readonly extra: Extra | undefined;

  constructor(slug: ProblemSlug, detail: string, options: { cause?: unknown; extra?: Extra } = {}) {
    super(detail, 'cause' in options ? { cause: options.cause } : {});
    this.name = 'ProblemError';
    this.slug = slug;
    this.extra = options.extra;
  }

  /** The RFC 9457 document; `instance` is the request id. */
  toProblem(instance?: string): Problem {
    const kind = problemKinds[this.slug];
    return {
      type: `/problems/${this.slug}`,
      title: kind.title,
      status: kind.status,
      detail: this.message,
      action: kind.action,
      ...(instance === undefined ? {} : { instance }),
      ...(this.extra === undefined ? {} : { extra: this.extra })
    };
  }
}

/** Shorthand: `throw problem('disk-full', 'No space left for …')`. */
export function problem(
  slug: ProblemSlug,
  detail: string,
  options: { cause?: unknown; extra?: Extra } = {}
): ProblemError {
  return new ProblemError(slug, detail, options);
}

/** Any thrown value as a problem; what we did not expect becomes `internal` without its text. */
export function toProblem(error: unknown, instance?: string): Problem {
  if (error instanceof ProblemError) {
    return error.toProblem(instance);
  }
  return new ProblemError(
    'internal',
    'The companion met an error that it did not expect. Its log has the details under this request id.'
  ).toProblem(instance);
}
