import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { it } from 'node:test';
import express, { type ErrorRequestHandler } from 'express';
import { abortWhenClosed } from '../../src/http/abort-when-closed.ts';
import { problemHandler } from '../../src/http/problem-handler.ts';
import type { Log } from '../../src/core/log.ts';

it('says nothing of a caller who has gone, and much of what nobody expected', async t => {
  const said: string[] = [];
  const log = {
    debug: (_: object, text: string) => said.push(`debug ${text}`),
    error: (_: object, text: string) => said.push(`error ${text}`)
  } as unknown as Log;
  const app = express();
  let isWaiting = (): void => undefined;
  const waiting = new Promise<void>(resolve => {
    isWaiting = resolve;
  });
  app.get('/wait', async asked => {
    const signal = abortWhenClosed(asked);
    isWaiting();
    await once(signal, 'abort');
    signal.throwIfAborted();
  });
  app.get('/break', () => {
    throw new TypeError('x is undefined');
  });
  let isHandled = (): void => undefined;
  const handled = new Promise<void>(resolve => {
    isHandled = resolve;
  });
  const handler = problemHandler(log);
  app.use(((error, asked, answer, next) => {
    handler(error, asked, answer, next);
    isHandled();
  }) satisfies ErrorRequestHandler);
  const server = app.listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const leaving = request({ port, host: '127.0.0.1', path: '/wait' });
  leaving.on('error', () => undefined);
  leaving.end();
  await waiting;
  leaving.destroy();
  await handled;
  assert.deepEqual(said, ['debug the caller has gone']);

  const answer = await fetch(`http://127.0.0.1:${port}/break`);
  assert.equal(answer.status, 500);
  assert.doesNotMatch(await answer.text(), /undefined/);
  assert.equal(said.at(-1), 'error unexpected error');
});
