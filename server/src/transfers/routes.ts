import { Router } from 'express';
import { bareDoi, PageQuery, StartTransfer } from '#contract';
import { Reconciler } from '../core/reconciler.ts';
import { abortWhenClosed } from '../http/abort-when-closed.ts';
import { idempotencyKey } from '../http/idempotency.ts';
import type { Domain, Parts } from '../parts.ts';
import type { TokenSource } from '../signin/port.ts';
import { transferChecks } from './checks.ts';
import type { DatasetLocator } from './enumerate.ts';
import { TransferService } from './service.ts';

/** What is wanted, with a DOI as catalogues know it: the address of one is no file of a store. */
function readStart(body: unknown): StartTransfer {
  const { pid, url, ...wanted } = StartTransfer.parse(body);
  const doi = bareDoi(pid ?? url ?? '') ?? pid;
  return { ...(doi === undefined ? { url } : { pid: doi }), ...wanted };
}

/** The transfers domain: `/v1/transfers…`. */
export interface Transfers extends Domain {
  readonly reconciler: Reconciler;
  countUnfinished(): number;
}

export function createTransfers(
  parts: Parts,
  datasets: DatasetLocator,
  signin: TokenSource
): Transfers {
  const service = new TransferService(parts, datasets, signin);
  const reconciler = new Reconciler(service, parts.clock, parts.log);
  service.connect(id => reconciler.wake(id));
  signin.onSignedIn(() => service.wakeWaiting());
  parts.facility.onChange(() => service.facilityChanged());

  const router = Router();
  router.post('/transfers/plan', async (request, response) => {
    response.json(
      await service.planner.plan(readStart(request.body), parts.call(abortWhenClosed(request)))
    );
  });
  router.post('/transfers/listing', async (request, response) => {
    response.json(
      await service.listing.ofWish(readStart(request.body), parts.call(abortWhenClosed(request)))
    );
  });
  router.post('/transfers', async (request, response) => {
    const { isNew, transfer } = await service.start(
      readStart(request.body),
      idempotencyKey(request),
      parts.call(abortWhenClosed(request))
    );
    response.status(isNew ? 202 : 200).json(transfer);
  });
  router.get('/transfers', (request, response) => {
    const { cursor, limit } = PageQuery.parse(request.query);
    response.json(service.list(cursor, limit));
  });
  router.get('/transfers/:id', (request, response) => {
    response.json(service.get(request.params.id));
  });
  router.get('/transfers/:id/files', (request, response) => {
    const { cursor, limit } = PageQuery.parse(request.query);
    response.json(service.files(request.params.id, cursor, limit));
  });
  router.get('/transfers/:id/listing', async (request, response) => {
    response.json(await service.listingOf(request.params.id, parts.call(abortWhenClosed(request))));
  });
  router.post('/transfers/:id/cancel', async (request, response) => {
    response.json(await service.cancel(request.params.id));
  });
  router.post('/transfers/:id/retry', (request, response) => {
    response.json(service.retry(request.params.id));
  });
  router.post('/transfers/:id/verify', (request, response) => {
    response.json(service.verify(request.params.id));
  });
  router.delete('/transfers/:id', async (request, response) => {
    await service.remove(request.params.id);
    response.status(204).end();
  });
  return {
    router,
    reconciler,
    countUnfinished: () => service.countUnfinished(),
    checks: () => transferChecks(parts),
    isBusy: () => service.isBusy(),
    stop: () => service.stop()
  };
}
