import { PageConfig } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';
import { CONTRACT } from '../../contract/health.ts';
import { CompanionClient } from '../client.ts';
import { EXPECTED_CONTRACT } from '../expected-contract.ts';
import { isAbort, ProblemError } from '../problem-error.ts';

const trans = nullTranslator.load('jupyterlab_panosc');

/** The Request of Node does not take the AbortSignal of jsdom. */
class RequestWithoutSignal extends Request {
  constructor(input: RequestInfo | URL, init: RequestInit = {}) {
    super(input, { ...init, signal: null });
  }
}

/** A client whose requests are answered by `answer`. */
function clientWith(answer: (request: Request) => Response | Promise<Response>): CompanionClient {
  return new CompanionClient(
    ServerConnection.makeSettings({
      baseUrl: 'http://127.0.0.1:9/user/alice/',
      token: '',
      Request: RequestWithoutSignal,
      fetch: (input: RequestInfo | URL) => Promise.resolve(answer(input as Request))
    }),
    trans
  );
}

function json(body: unknown, status = 200, type = 'application/json'): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': type } });
}

async function problemOf(promise: Promise<unknown>): Promise<ProblemError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason
  );
  if (!(error instanceof ProblemError)) {
    throw new Error(`no problem but ${String(error)}`);
  }
  return error;
}

describe('CompanionClient', () => {
  it('asks below the base URL and leaves out what is not given', async () => {
    let url = '';
    const client = clientWith(request => {
      url = request.url;
      return json({ items: [] });
    });
    await client.get('datasets', { q: 'a b&c', cursor: null, to: undefined, limit: 5 });
    const asked = new URL(url);
    expect(asked.pathname).toBe('/user/alice/panosc/v1/datasets');
    expect(asked.searchParams.get('q')).toBe('a b&c');
    expect(asked.searchParams.get('limit')).toBe('5');
    expect(asked.searchParams.has('cursor')).toBe(false);
    expect(asked.searchParams.has('to')).toBe(false);
  });

  it('sends the idempotency key and a JSON body', async () => {
    let seen: Request | null = null;
    const client = clientWith(request => {
      seen = request;
      return json({});
    });
    await client.post('transfers', { pid: 'p' }, { idempotencyKey: 'key-12345' });
    const request = seen as unknown as Request;
    expect(request.method).toBe('POST');
    expect(request.headers.get('idempotency-key')).toBe('key-12345');
    expect(request.headers.get('content-type')).toBe('application/json');
    expect(await request.json()).toEqual({ pid: 'p' });
  });

  it('takes an answer without a body', async () => {
    const client = clientWith(() => new Response(null, { status: 204 }));
    expect(await client.delete('transfers/t_1')).toBeUndefined();
  });

  it('gives the problem document of the companion', async () => {
    const client = clientWith(() =>
      json(
        {
          type: '/problems/store-refused',
          title: 'The store refused access',
          status: 403,
          detail: 'Ask the main proposer.',
          action: 'sign-in',
          instance: 'r_1'
        },
        403,
        'application/problem+json; charset=utf-8'
      )
    );
    const error = await problemOf(client.get('datasets'));
    expect(error.slug).toBe('store-refused');
    expect(error.problem.action).toBe('sign-in');
    expect(error.message).toBe('Ask the main proposer.');
  });

  it.each([401, 403])('tells a %d of Jupyter from one of ours', async status => {
    const client = clientWith(
      () => new Response('<html>', { status, headers: { 'content-type': 'text/html' } })
    );
    const error = await problemOf(client.get('datasets'));
    expect(error.slug).toBe('jupyter');
    expect(error.problem.action).toBe('none');
    expect(error.problem.detail).toContain('sign in to Jupyter');
  });

  it('says that the server part is missing', async () => {
    const client = clientWith(() => new Response('nothing here', { status: 404 }));
    expect((await problemOf(client.get('health'))).problem.detail).toContain('Restart Jupyter');
  });

  it('says in a hub how its server is restarted', async () => {
    PageConfig.setOption('hubPrefix', '/hub/');
    try {
      const client = clientWith(() => new Response('nothing here', { status: 404 }));
      expect((await problemOf(client.get('health'))).problem.detail).toContain(
        'Hub Control Panel → Stop My Server → Start My Server'
      );
    } finally {
      PageConfig.setOption('hubPrefix', '');
    }
  });

  it('does not take a document that is not one', async () => {
    const client = clientWith(() => json({ message: 'x' }, 502, 'application/problem+json'));
    expect((await problemOf(client.get('health'))).problem.action).toBe('retry');
  });

  it('says that the Jupyter server does not answer', async () => {
    const client = clientWith(() => Promise.reject(new TypeError('failed to fetch')));
    const error: unknown = await client.get('health').catch((reason: unknown) => reason);
    expect(client.problemOf(error).title).toBe('The Jupyter server does not answer');
  });

  it('knows what was given up on purpose', async () => {
    const giveUp = new AbortController();
    const client = clientWith(() => {
      giveUp.abort();
      return Promise.reject(new DOMException('aborted', 'AbortError'));
    });
    const error: unknown = await client
      .get('health', {}, giveUp.signal)
      .catch((reason: unknown) => reason);
    expect(isAbort(error)).toBe(true);
  });

  it('speaks the contract of the server', () => {
    expect(EXPECTED_CONTRACT).toBe(CONTRACT);
  });
});
