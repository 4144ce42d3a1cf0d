import { PageConfig } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Problem } from '../contract/problem.ts';
import { JUPYTER_PROBLEM, ProblemError } from './problem-error.ts';

/** True for the document that a problem response carries. */
function isProblem(value: unknown): value is Problem {
  return (
    typeof value === 'object' &&
    value !== null &&
    'title' in value &&
    'detail' in value &&
    typeof value.title === 'string' &&
    typeof value.detail === 'string'
  );
}

function fromJupyter(
  status: number,
  title: string,
  detail: string,
  action: Problem['action']
): ProblemError {
  return new ProblemError({ type: JUPYTER_PROBLEM, title, status, detail, action });
}

/**
 * Tells our own problems from what Jupyter, a hub or a proxy answered, by the content type (RFC 9457 §3):
 * a 401 that is not a problem document is about the Jupyter session and no sign-in of ours would help.
 */
export async function problemFromResponse(
  response: Response,
  trans: TranslationBundle
): Promise<ProblemError> {
  const contentType = response.headers.get('content-type') ?? '';
  if (contentType.includes('problem+json')) {
    const body: unknown = await response.json().catch(() => null);
    if (isProblem(body)) {
      return new ProblemError({
        ...body,
        type: body.type ?? 'about:blank',
        status: body.status ?? response.status,
        action: body.action ?? 'none'
      });
    }
  }
  const { status } = response;
  if (status === 401 || status === 403) {
    return fromJupyter(
      status,
      trans.__('Jupyter does not know you any more'),
      trans.__(
        'The Jupyter server refused this request (%1). Reload the page and sign in to Jupyter again.',
        status
      ),
      'none'
    );
  }
  if (status === 404) {
    // Lab finds new extensions at every reload of its page, the server only when it starts.
    return fromJupyter(
      status,
      trans.__('The server part is missing'),
      PageConfig.getOption('hubPrefix') === ''
        ? trans.__(
            'Restart Jupyter: it has not loaded jupyterlab_panosc. If that does not help, run "jupyter server extension list" where Jupyter runs.'
          )
        : trans.__(
            'Restart your server (File → Hub Control Panel → Stop My Server → Start My Server): it has not loaded jupyterlab_panosc.'
          ),
      'contact'
    );
  }
  return fromJupyter(
    status,
    trans.__('The Jupyter server reported an error'),
    trans.__('The Jupyter server, or a proxy before it, answered %1. Try again.', status),
    'retry'
  );
}
