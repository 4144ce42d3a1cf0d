import type { ProblemSlug } from '#contract';
import { ProblemError } from '../core/problem.ts';

/** Why a provider did not give what it was asked for: a problem that a person may read, and what we may do next. */
export class ProviderFailure extends ProblemError {
  /** The provider's error code (RFC 6749 §5.2, RFC 8628 §3.5), where it sent one. */
  readonly oauthError: string | null;
  /** Nothing was decided: the same request may be sent again later. */
  readonly isTransient: boolean;
  readonly retryAfterMs: number | null;
  /** The ID token names a key that the provider does not publish: perhaps the keys changed just now. */
  readonly isKeyUnknown: boolean;

  constructor(
    slug: ProblemSlug,
    detail: string,
    facts: {
      oauthError?: string | null;
      isTransient?: boolean;
      retryAfterMs?: number | null;
      isKeyUnknown?: boolean;
      extra?: Record<string, string | number>;
    } = {}
  ) {
    // No `cause`: the library's errors carry whole answers, tokens included.
    super(slug, detail, facts.extra === undefined ? {} : { extra: facts.extra });
    this.oauthError = facts.oauthError ?? null;
    this.isTransient = facts.isTransient ?? false;
    this.retryAfterMs = facts.retryAfterMs ?? null;
    this.isKeyUnknown = facts.isKeyUnknown ?? false;
  }
}
