import type { NextFunction, Request, Response } from 'express';
import * as z from 'zod';
import { problem, ProblemError, toProblem } from '../core/problem.ts';
import type { Log } from '../core/log.ts';

function asProblem(error: unknown): unknown {
  if (error instanceof z.ZodError) {
    const issue = error.issues[0];
    const field = issue?.path.join('.') ?? '';
    return problem(
      'bad-request',
      `The request is not right${field === '' ? '' : ` at "${field}"`}: ${issue?.message ?? 'unknown'}.`,
      {
        cause: error,
        extra: { field }
      }
    );
  }
  if (error instanceof Error && 'type' in error) {
    if (error.type === 'entity.too.large') {
      return problem('body-too-large', 'The request is larger than the companion accepts.', {
        cause: error
      });
    }
    if (error.type === 'entity.parse.failed') {
      return problem('bad-request', 'The request is not JSON.', { cause: error });
    }
  }
  return error;
}

/** The one place where errors become RFC 9457 documents. Unknown ones are logged and say nothing. */
export function problemHandler(log: Log) {
  return (error: unknown, request: Request, response: Response, next: NextFunction): void => {
    if (response.headersSent) {
      next(error);
      return;
    }
    if (request.socket.destroyed) {
      // Nobody reads the answer: whoever types asks anew at each key.
      log.debug({ path: request.path }, 'the caller has gone');
      return;
    }
    const known = asProblem(error);
    const requestId = String(response.locals['requestId'] ?? '');
    const document = toProblem(known, requestId);
    if (known instanceof ProblemError) {
      log.info(
        {
          requestId,
          path: request.path,
          slug: known.slug,
          detail: known.message,
          cause: causeOf(known)
        },
        'problem'
      );
    } else {
      log.error({ requestId, path: request.path, err: known }, 'unexpected error');
    }
    response
      .status(document.status)
      .type('application/problem+json')
      .send(JSON.stringify(document));
  };
}

function causeOf(error: ProblemError): string | undefined {
  return error.cause instanceof Error ? error.cause.message : undefined;
}
