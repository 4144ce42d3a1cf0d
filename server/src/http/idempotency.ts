import type { Request } from 'express';
import { IDEMPOTENCY_HEADER, IdempotencyKey } from '#contract';
import { newId } from '../core/ids.ts';

/** The request's idempotency key; a new one where the caller gave none. Throws `bad-request` for a malformed one. */
export function idempotencyKey(request: Request): string {
  const given = request.get(IDEMPOTENCY_HEADER);
  return given === undefined ? newId('k') : IdempotencyKey.parse(given);
}
