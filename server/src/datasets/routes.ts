import { Router, type Request } from 'express';
import { DatasetFilesQuery, DatasetQuery, DatasetRef } from '#contract';
import type { CallContext } from '../core/call-context.ts';
import { abortWhenClosed } from '../http/abort-when-closed.ts';
import type { DatasetService } from './service.ts';

/** `GET /v1/datasets`, `/v1/datasets/item`, `/v1/datasets/files`. A browser that leaves cancels the search upstream. */
export function datasetRoutes(
  service: DatasetService,
  call: (signal: AbortSignal) => CallContext
): Router {
  const router = Router();
  const context = (request: Request): CallContext => call(abortWhenClosed(request));
  router.get('/datasets', async (request, response) => {
    response.json(await service.search(DatasetQuery.parse(request.query), context(request)));
  });
  router.get('/datasets/item', async (request, response) => {
    response.json(await service.get(DatasetRef.parse(request.query), context(request)));
  });
  router.get('/datasets/files', async (request, response) => {
    response.json(await service.files(DatasetFilesQuery.parse(request.query), context(request)));
  });
  return router;
}
