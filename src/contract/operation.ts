import * as z from 'zod';
import { Problem } from './problem.ts';

/** Fields that every long-running operation has on the wire. Times are ISO 8601 UTC. */
export const operationFields = {
  id: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  /** Set in failed and needs-you states. */
  problem: Problem.nullable()
};

/** Header of every POST that starts an operation; repeating a key returns the first operation. */
export const IDEMPOTENCY_HEADER = 'idempotency-key';
export const IdempotencyKey = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/);
