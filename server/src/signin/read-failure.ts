import { ClientError, ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client';
import { ProblemError } from '../core/problem.ts';
import { ProxyFailure } from '../core/proxy.ts';
import type { Secret } from '../core/secret.ts';
import { displayText } from './display-text.ts';
import { ProviderFailure } from './provider-failure.ts';

const MAX_QUOTED = 200;
const LONGEST_RETRY_AFTER_MS = 300_000;

function retryAfterMs(response: Response | null): number | null {
  const header = response?.headers.get('retry-after') ?? '';
  if (!/^\d{1,6}$/.test(header)) {
    return null;
  }
  return Math.min(Number(header) * 1000, LONGEST_RETRY_AFTER_MS);
}

/** What the provider says about an error, as quoted text without anything that we keep secret. */
function quoted(description: unknown, secrets: readonly Secret[]): string {
  let text = typeof description === 'string' ? description : '';
  for (const secret of secrets) {
    text = text.replaceAll(secret.reveal(), '[secret]');
  }
  const shown = displayText(text, MAX_QUOTED);
  return shown === null ? '' : ` It says: “${shown}”.`;
}

function unreachable(title: string, what: string, response: Response | null): ProviderFailure {
  return new ProviderFailure(
    'provider-unreachable',
    `${title} ${what}. Try again in a few minutes.`,
    {
      isTransient: true,
      retryAfterMs: retryAfterMs(response),
      ...(response === null ? {} : { extra: { status: response.status } })
    }
  );
}

function isBusy(status: number): boolean {
  return status >= 500 || status === 429 || status === 408;
}

function fromErrorCode(
  title: string,
  error: ResponseBodyError,
  secrets: readonly Secret[]
): ProviderFailure {
  // The code is a stranger's text as well.
  const oauthError = displayText(error.error, 60) ?? 'unknown';
  const says = quoted(error.error_description, secrets);
  const facts = {
    oauthError,
    retryAfterMs: retryAfterMs(error.response),
    extra: { error: oauthError }
  };
  switch (error.error) {
    case 'authorization_pending':
    case 'slow_down':
      return new ProviderFailure('sign-in-needed', `${title} still waits for you.`, {
        ...facts,
        isTransient: true
      });
    case 'access_denied':
      return new ProviderFailure(
        'sign-in-denied',
        `The sign-in at ${title} was refused, by you or by the service.${says} Sign in again if this was a mistake.`,
        facts
      );
    case 'expired_token':
      return new ProviderFailure(
        'sign-in-expired',
        `The code for ${title} was not entered in time. Get a new code.`,
        facts
      );
  }
  if (
    isBusy(error.status) ||
    error.error === 'temporarily_unavailable' ||
    error.error === 'server_error'
  ) {
    return unreachable(title, 'cannot answer at the moment', error.response);
  }
  return new ProviderFailure(
    'sign-in-failed',
    `${title} did not accept the sign-in (${oauthError}).${says} Try again; if it stays, tell the facility.`,
    facts
  );
}

function fromKnownProblem(title: string, known: ProblemError): ProviderFailure | null {
  if (known.cause instanceof ProxyFailure) {
    return new ProviderFailure(
      'provider-unreachable',
      `${title} cannot be reached. ${known.message}`,
      { isTransient: known.cause.isTransient }
    );
  }
  switch (known.slug) {
    case 'upstream-unreachable':
      return unreachable(title, 'cannot be reached', null);
    case 'upstream-slow':
      return unreachable(title, 'does not answer in time', null);
    case 'upstream-garbled':
      return new ProviderFailure(
        'provider-not-trusted',
        `${title} sent far more data than a sign-in needs; reading was stopped. Tell the facility.`
      );
    case 'provider-not-trusted':
      return new ProviderFailure(known.slug, known.message, {
        ...(known.extra === undefined ? {} : { extra: known.extra as Record<string, string> })
      });
    default:
      return null;
  }
}

function fromLibrary(title: string, error: ClientError): ProviderFailure {
  const code = (error.code ?? 'unknown').slice(0, 60);
  const response = error.cause instanceof Response ? error.cause : null;
  switch (code) {
    case 'OAUTH_RESPONSE_IS_NOT_CONFORM':
      if (response !== null && !isBusy(response.status)) {
        return new ProviderFailure(
          'sign-in-failed',
          `${title} answered with HTTP ${response.status}. Try again; if it stays, tell the facility.`,
          { extra: { status: response.status } }
        );
      }
      return unreachable(title, 'reports an error of its own', response);
    case 'OAUTH_RESPONSE_IS_NOT_JSON':
    case 'OAUTH_PARSE_ERROR':
      return unreachable(title, 'sent a web page instead of data', null);
    case 'OAUTH_TIMEOUT':
      return unreachable(title, 'does not answer in time', null);
    case 'OAUTH_KEY_SELECTION_FAILED':
      return new ProviderFailure(
        'sign-in-failed',
        `${title} signed with a key that it does not publish; perhaps it changed its keys just now. Try again in a minute.`,
        { isKeyUnknown: true, extra: { code } }
      );
    default:
      return new ProviderFailure(
        'provider-not-trusted',
        `${title} sent an answer that does not pass the checks (${code}). Nothing of it is used; tell the facility.`,
        { extra: { code } }
      );
  }
}

/**
 * Whatever a request to a provider threw, as a failure with a plain sentence.
 * `secrets` are cut out of what the provider says, should it quote them.
 */
export function readFailure(
  error: unknown,
  title: string,
  secrets: readonly Secret[] = []
): ProviderFailure {
  let cause: unknown = error;
  for (let depth = 0; depth < 5 && cause instanceof Error; depth++) {
    if (cause instanceof ProviderFailure) {
      return cause;
    }
    const known = cause instanceof ProblemError ? fromKnownProblem(title, cause) : null;
    if (known !== null) {
      return known;
    }
    cause = cause.cause;
  }
  if (error instanceof ResponseBodyError) {
    return fromErrorCode(title, error, secrets);
  }
  if (error instanceof WWWAuthenticateChallengeError) {
    return new ProviderFailure(
      'sign-in-failed',
      `${title} did not accept this client (HTTP ${error.status}). Tell the facility: its registration in the profile may be wrong.`,
      { extra: { status: error.status } }
    );
  }
  if (error instanceof ClientError) {
    return fromLibrary(title, error);
  }
  return new ProviderFailure(
    'sign-in-failed',
    `The sign-in at ${title} failed for a reason that the companion does not know. Try again.`
  );
}
