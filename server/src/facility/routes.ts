import { Router } from 'express';
import { ChooseFacility } from '#contract';
import { problem } from '../core/problem.ts';
import { RELAYED_HEADER } from '../http/guard.ts';
import type { FacilityService } from './service.ts';

/** `GET /v1/facility`, `PUT /v1/facility`, `GET /v1/facility/addresses`. */
export function facilityRoutes(service: FacilityService): Router {
  const router = Router();
  router.get('/facility', (_request, response) => {
    response.json(service.describe());
  });
  router.get('/facility/addresses', (_request, response) => {
    response.json(service.addresses());
  });
  router.put('/facility', (request, response) => {
    const wanted = ChooseFacility.parse(request.body);
    if ('id' in wanted) {
      service.choose(wanted.id);
    } else if (request.get(RELAYED_HEADER) === undefined) {
      service.chooseFile(wanted.file);
    } else {
      // A profile decides where tokens go: a page in the browser may not bring its own.
      throw problem('path-not-allowed', 'A profile file can be given on the command line only.');
    }
    response.json(service.describe());
  });
  return router;
}
