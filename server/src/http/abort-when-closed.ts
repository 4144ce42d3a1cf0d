import type { Request } from 'express';

/** A signal that aborts when the caller goes away before the answer. */
export function abortWhenClosed(request: Request): AbortSignal {
  const controller = new AbortController();
  const { res } = request;
  res?.once('close', () => {
    if (!res.writableFinished) {
      controller.abort(new Error('the caller has gone'));
    }
  });
  return controller.signal;
}
