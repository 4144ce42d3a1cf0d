import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pulledBytes, pullerAnswers } from '../core/measured.ts';
import type { Parts } from '../parts.ts';
import { version } from '../version.ts';
import { Counter, Histogram } from './counters.ts';
import { exposition } from './exposition.ts';

const BOUNDS_SECONDS = [0.005, 0.025, 0.1, 0.5, 2.5, 10];
/** They last as long as a browser or a Jupyter server is there, which says nothing about us. */
const streams = new Set(['/v1/events', '/v1/attach']);

/** The pattern that answered, such as `/v1/jobs/:id`; ids and what people typed stay out. */
export function routeOf(request: object): string {
  const path = (request as { route?: { path?: unknown } }).route?.path;
  return typeof path !== 'string' ? 'none' : path.startsWith('/v1/') ? path : `/v1${path}`;
}

/** `2xx`, `4xx`, or a word for what never became a status. */
function outcomeOf(answer: unknown): string {
  return typeof answer === 'number' ? `${Math.floor(answer / 100)}xx` : String(answer);
}

/**
 * Counts what happens in this process, by what Node and the puller tell anyway (diagnostics_channel): nobody else
 * has to know that somebody counts. Loaded only where the configuration asks for it. No name of a person, file,
 * dataset or job is kept.
 */
export class Metrics {
  readonly #db: Parts['db'];
  readonly #requests = new Counter();
  readonly #durations = new Histogram(BOUNDS_SECONDS);
  readonly #upstream = new Counter();
  readonly #began = new WeakMap<object, number>();
  #pulledBytes = 0;
  readonly #listeners: readonly (readonly [string | symbol, (message: unknown) => void])[];

  constructor({ db }: Pick<Parts, 'db'>) {
    this.#db = db;
    const upstream = (answer: unknown): void => this.#upstream.add({ outcome: outcomeOf(answer) });
    this.#listeners = [
      [
        'http.server.request.start',
        message => this.#began.set((message as { request: object }).request, performance.now())
      ],
      [
        'http.server.response.finish',
        message => this.#answered(message as { request: IncomingMessage; response: ServerResponse })
      ],
      [
        'undici:request:headers',
        message => upstream((message as { response: { statusCode: number } }).response.statusCode)
      ],
      ['undici:request:error', () => upstream('network')],
      [
        'http.client.response.finish',
        message => upstream((message as { response: IncomingMessage }).response.statusCode)
      ],
      ['http.client.request.error', () => upstream('network')],
      [pullerAnswers.name, upstream],
      [
        pulledBytes.name,
        count => {
          this.#pulledBytes += Number(count);
        }
      ]
    ];
    for (const [name, listener] of this.#listeners) {
      subscribe(name, listener);
    }
  }

  stop(): void {
    for (const [name, listener] of this.#listeners) {
      unsubscribe(name, listener);
    }
  }

  /** Everything, in Prometheus' text format. */
  text(): string {
    const operations = this.#db
      .prepare('SELECT kind, state, count(*) AS value FROM operations GROUP BY kind, state')
      .all() as { kind: string; state: string; value: number }[];
    return exposition([
      {
        name: 'panosc_build_info',
        help: 'Version of jupyterlab-panosc and of the Node that runs it.',
        type: 'gauge',
        samples: [{ labels: { version, node: process.version }, value: 1 }]
      },
      {
        name: 'panosc_uptime_seconds',
        help: 'Since when the companion runs.',
        type: 'gauge',
        samples: [{ value: process.uptime() }]
      },
      {
        name: 'process_resident_memory_bytes',
        help: 'Resident memory of the companion.',
        type: 'gauge',
        samples: [{ value: process.memoryUsage.rss() }]
      },
      {
        name: 'panosc_operations',
        help: 'Transfers and jobs that are written down.',
        type: 'gauge',
        samples: operations.map(({ kind, state, value }) => ({ labels: { kind, state }, value }))
      },
      {
        name: 'panosc_pulled_bytes_total',
        help: 'Bytes of files that came from stores since the start.',
        type: 'counter',
        samples: [{ value: this.#pulledBytes }]
      },
      {
        name: 'panosc_upstream_requests_total',
        help: 'Requests to services of the facility by their outcome.',
        type: 'counter',
        samples: this.#upstream.samples()
      },
      {
        name: 'panosc_http_requests_total',
        help: 'Requests that were answered.',
        type: 'counter',
        samples: this.#requests.samples()
      },
      {
        name: 'panosc_http_request_duration_seconds',
        help: 'How long the answers took, without streams.',
        type: 'histogram',
        samples: this.#durations.samples()
      }
    ]);
  }

  #answered({
    request,
    response
  }: {
    readonly request: IncomingMessage;
    readonly response: ServerResponse;
  }): void {
    const route = routeOf(request);
    const { method = '' } = request;
    this.#requests.add({ method, route, status: String(response.statusCode) });
    const began = this.#began.get(request);
    if (began !== undefined && !streams.has(route)) {
      this.#durations.observe({ route }, (performance.now() - began) / 1000);
    }
  }
}
