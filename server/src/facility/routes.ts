import { Router } from 'express';
import { ChooseFacility } from '#contract';
import type { FacilityService } from './service.ts';

/** `GET /v1/facility`, `PUT /v1/facility`. */
export function facilityRoutes(service: FacilityService): Router {
  const router = Router();
  router.get('/facility', (_request, response) => {
    response.json(service.describe());
  });
  router.put('/facility', (request, response) => {
    service.choose(ChooseFacility.parse(request.body).id);
    response.json(service.describe());
  });
  return router;
}
