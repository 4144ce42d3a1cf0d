import { timingSafeEqual } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import { newId } from '../core/ids.ts';
import { problem } from '../core/problem.ts';
import type { Secret } from '../core/secret.ts';

/** Header with the per-start secret: the proof that the caller could read our 0600 file. */
const RELAY_HEADER = 'x-panosc-relay';

/** Header that the relay adds to everything that comes from a browser. */
export const RELAYED_HEADER = 'x-forwarded-prefix';

/** Refuses everybody who does not know the secret, and gives each request its id. */
export function guard(secret: Secret) {
  const expected = Buffer.from(secret.reveal());
  return (request: Request, response: Response, next: NextFunction): void => {
    response.locals['requestId'] = newId('r');
    response.set({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-request-id': String(response.locals['requestId'])
    });
    const given = Buffer.from(request.get(RELAY_HEADER) ?? '');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw problem('not-the-relay', 'This request did not come through the Jupyter server.');
    }
    next();
  };
}
