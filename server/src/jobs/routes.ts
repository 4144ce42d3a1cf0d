import { Router } from 'express';
import { JobLogQuery, JobRequest, PageQuery } from '#contract';
import { Reconciler } from '../core/reconciler.ts';
import { abortWhenClosed } from '../http/abort-when-closed.ts';
import { idempotencyKey } from '../http/idempotency.ts';
import type { Domain, Parts } from '../parts.ts';
import { clusterChecks } from './checks.ts';
import type { Clusters } from './clusters.ts';
import type { ImageResolver } from './request-checker.ts';
import { JobService } from './service.ts';

/** The jobs domain: `/v1/jobs…`. */
export interface Jobs extends Domain {
  readonly reconciler: Reconciler;
  countUnfinished(): number;
}

export function createJobs(parts: Parts, clusters: Clusters, images: ImageResolver): Jobs {
  const service = new JobService(parts, clusters, images);
  const reconciler = new Reconciler(service, parts.clock, parts.log);
  service.connect(id => reconciler.wake(id));

  const router = Router();
  router.get('/jobs', (request, response) => {
    const { cursor, limit } = PageQuery.parse(request.query);
    response.json(service.list(cursor, limit));
  });
  router.post('/jobs/preview', async (request, response) => {
    response.json(
      await service.preview(JobRequest.parse(request.body), parts.call(abortWhenClosed(request)))
    );
  });
  router.post('/jobs', async (request, response) => {
    const { isNew, job } = await service.submit(
      JobRequest.parse(request.body),
      idempotencyKey(request),
      parts.call(abortWhenClosed(request))
    );
    response.status(isNew ? 202 : 200).json(job);
  });
  router.get('/jobs/partitions', async (request, response) => {
    response.json({ items: await service.partitions(parts.call(abortWhenClosed(request))) });
  });
  router.get('/jobs/:id', async (request, response) => {
    response.json(await service.detail(request.params.id));
  });
  router.get('/jobs/:id/log', async (request, response) => {
    const { offset, stream } = JobLogQuery.parse(request.query);
    response.json(await service.log(request.params.id, stream, offset));
  });
  router.post('/jobs/:id/cancel', async (request, response) => {
    response.json(await service.cancel(request.params.id, parts.call()));
  });
  router.delete('/jobs/:id', (request, response) => {
    service.remove(request.params.id);
    response.status(204).end();
  });
  return {
    router,
    reconciler,
    countUnfinished: () => service.countUnfinished(),
    checks: () => clusterChecks(clusters, parts.facility.current()),
    isBusy: () => service.isBusy()
  };
}
