import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Problem } from '../contract/problem.ts';
import { EventSignals } from './event-signals.ts';
import { asProblem, isAbort } from './problem-error.ts';
import type { ICompanion, IPostOptions, Query } from './tokens.ts';

/** Part of the address below the Jupyter server's base URL. */
const API = 'panosc/v1';

/** Without it a browser calls a string body plain text. */
const JSON_BODY = { 'Content-Type': 'application/json' };

function queryString(query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value != null);
  return given.length === 0
    ? ''
    : `?${new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString()}`;
}

/** Requests to the companion through the Jupyter server, which authenticates and adds the XSRF proof. */
export class CompanionClient implements ICompanion {
  readonly events: EventSignals;
  readonly #settings: ServerConnection.ISettings;
  readonly #trans: TranslationBundle;

  constructor(settings: ServerConnection.ISettings, trans: TranslationBundle) {
    this.#settings = settings;
    this.#trans = trans;
    this.events = new EventSignals(sinks => {
      void import(/* webpackChunkName: "panosc-events" */ './event-stream.ts').then(
        ({ EventStream }) =>
          new EventStream({
            ...sinks,
            name: `jupyterlab-panosc:${settings.baseUrl}`,
            open: (lastId, signal) => this.#openStream(lastId, signal)
          }).start(),
        () => sinks.onState('idle')
      );
    });
  }

  get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
    return this.#json(`${path}${queryString(query)}`, { method: 'GET', signal: signal ?? null });
  }

  post<T>(path: string, body: unknown = {}, options: IPostOptions = {}): Promise<T> {
    return this.#json(path, {
      method: 'POST',
      body: JSON.stringify(body),
      signal: options.signal ?? null,
      headers: {
        ...JSON_BODY,
        ...(options.idempotencyKey === undefined
          ? {}
          : { 'Idempotency-Key': options.idempotencyKey })
      }
    });
  }

  put<T>(path: string, body: unknown): Promise<T> {
    return this.#json(path, { method: 'PUT', body: JSON.stringify(body), headers: JSON_BODY });
  }

  delete<T = void>(path: string): Promise<T> {
    return this.#json(path, { method: 'DELETE' });
  }

  problemOf(error: unknown): Problem {
    return asProblem(error, this.#trans);
  }

  #openStream(lastId: string | null, signal: AbortSignal): Promise<Response> {
    return this.#request('events', {
      method: 'GET',
      signal,
      headers: {
        Accept: 'text/event-stream',
        ...(lastId === null ? {} : { 'Last-Event-ID': lastId })
      }
    });
  }

  async #json<T>(path: string, init: RequestInit): Promise<T> {
    const response = await this.#request(path, init);
    // 202 and 204 may come without a body.
    const text = await response.text();
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  async #request(path: string, init: RequestInit): Promise<Response> {
    const url = URLExt.join(this.#settings.baseUrl, API, path);
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(url, init, this.#settings);
    } catch (error) {
      // Lab wraps everything in a NetworkError: what was given up on purpose stays an abort.
      if (init.signal?.aborted === true && !isAbort(error)) {
        throw new DOMException('The request was given up.', 'AbortError');
      }
      throw error;
    }
    if (!response.ok) {
      const { problemFromResponse } = await import(
        /* webpackChunkName: "panosc-problem" */ './problem-response.ts'
      );
      throw await problemFromResponse(response, this.#trans);
    }
    return response;
  }
}
