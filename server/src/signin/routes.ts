import { Router } from 'express';
import { StartSignin } from '#contract';
import type { SigninPort } from './port.ts';

/** `GET` and `POST /v1/signin`, `DELETE /v1/signin/pending`, `POST /v1/signout`. */
export function signinRoutes(signin: SigninPort): Router {
  const router = Router();
  router.get('/signin', (_request, response) => {
    response.json(signin.state());
  });
  router.post('/signin', async (request, response) => {
    await signin.start(StartSignin.parse(request.body).provider);
    response.status(202).json(signin.state());
  });
  router.delete('/signin/pending', (_request, response) => {
    signin.abandon();
    response.json(signin.state());
  });
  router.post('/signout', (_request, response) => {
    // Forgotten at once; a slow provider does not keep the person waiting for the revocation.
    void signin.signOut();
    response.json(signin.state());
  });
  return router;
}
