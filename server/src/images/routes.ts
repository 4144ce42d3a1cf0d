import { Router, type Request } from 'express';
import { ImageQuery, ImageRef } from '#contract';
import type { CallContext } from '../core/call-context.ts';
import { abortWhenClosed } from '../http/abort-when-closed.ts';
import type { Domain, Parts } from '../parts.ts';
import { ImageService, type ResolvedImage } from './service.ts';

/** The domain, and what jobs need of it. */
export interface Images extends Domain {
  /** Checks a job's image. Throws `repository-not-listed`, `image-not-found`, `image-not-readable`, `path-not-allowed`. */
  resolve(ref: string, call: CallContext): Promise<ResolvedImage>;
}

/** `GET /v1/images`, `GET /v1/images/detail?ref=`. */
export function createImages(parts: Parts): Images {
  const service = new ImageService(parts);
  const router = Router();
  const context = (request: Request): CallContext => parts.call(abortWhenClosed(request));
  router.get('/images', async (request, response) => {
    response.json(await service.page(ImageQuery.parse(request.query), context(request)));
  });
  router.get('/images/detail', async (request, response) => {
    const { ref } = ImageRef.parse(request.query);
    response.json(await service.detail(ref, context(request)));
  });
  return {
    router,
    resolve: (ref, call) => service.resolve(ref, call),
    checks: () => service.checks(),
    stop: () => {
      service.close();
      return Promise.resolve();
    }
  };
}
