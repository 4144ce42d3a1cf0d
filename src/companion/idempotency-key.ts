import { UUID } from '@lumino/coreutils';

/** A key for one thing a person started: sent again with it, nothing is started twice. */
export function newIdempotencyKey(): string {
  return UUID.uuid4();
}
