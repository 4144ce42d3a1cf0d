import express, { type Express, type RequestHandler } from 'express';
import { CONTRACT, type Health } from '#contract';
import { createAccelerators } from './accelerators/routes.ts';
import type { Surroundings } from './config/load.ts';
import type { Config } from './config/schema.ts';
import type { CallContext } from './core/call-context.ts';
import { isoTime, systemClock, type Clock } from './core/clock.ts';
import type { Fetch } from './core/http-client.ts';
import { outgoingFetch } from './core/outgoing-fetch.ts';
import type { Log } from './core/log.ts';
import { problem } from './core/problem.ts';
import type { Secret } from './core/secret.ts';
import { datasetRoutes } from './datasets/routes.ts';
import { DatasetService } from './datasets/service.ts';
import { createDoctor } from './doctor/routes.ts';
import { facilityRoutes } from './facility/routes.ts';
import { FacilityService } from './facility/service.ts';
import type { ReasonsToStay } from './http/attached-clients.ts';
import { guard } from './http/guard.ts';
import { problemHandler } from './http/problem-handler.ts';
import { serveEvents } from './http/serve-events.ts';
import { Clusters } from './jobs/clusters.ts';
import { createJobs } from './jobs/routes.ts';
import type { Domain, Parts } from './parts.ts';
import { createImages } from './images/routes.ts';
import { openDatabase } from './store/database.ts';
import { EventLog } from './store/event-log.ts';
import { SettingsStore } from './store/settings-store.ts';
import { createSignin } from './signin/create-signin.ts';
import type { TokenSource } from './signin/port.ts';
import { createTransfers } from './transfers/routes.ts';
import { version } from './version.ts';

/** What a test may replace. */
export interface AppOptions {
  readonly config: Config;
  readonly surroundings: Surroundings;
  readonly log: Log;
  readonly secret: Secret;
  readonly clock?: Clock;
  readonly fetch?: Fetch;
}

export interface App {
  readonly express: Express;
  /** Mounts `GET /v1/attach`, which belongs to the process and not to the application. */
  attach(handler: RequestHandler): void;
  readonly reasons: ReasonsToStay;
  /** Takes up what an earlier process left unfinished. */
  start(): void;
  /** Stops looking at operations, closes the database. Nothing is lost: it goes on at the next start. */
  stop(): Promise<void>;
}

/** The composition root: the only file that knows every concrete class. The state folder must be locked already. */
export function buildApp(options: AppOptions): App {
  const { config, surroundings, log } = options;
  const clock = options.clock ?? systemClock;
  const db = openDatabase(config.stateDir);
  const events = new EventLog(db, clock);
  const settings = new SettingsStore(db);
  const facility = new FacilityService(config, surroundings.home, settings, events);
  const ending = new AbortController();
  const startedAt = isoTime(clock.now());
  let tokens: TokenSource | null = null;
  const call = (signal: AbortSignal = ending.signal): CallContext => ({
    signal,
    log,
    clock,
    token: (provider, stale) =>
      tokens?.token(provider, stale) ?? Promise.reject(problem('sign-in-needed', 'Sign in first.'))
  });
  const parts: Parts = {
    config,
    surroundings,
    db,
    events,
    settings,
    clock,
    log,
    fetch: outgoingFetch({ fetch: options.fetch ?? fetch, surroundings }),
    facility,
    call
  };
  const signin = createSignin(parts);
  tokens = signin.port;
  const datasets = new DatasetService(parts);
  const images = createImages(parts);
  const transfers = createTransfers(parts, datasets, signin.port);
  const clusters = new Clusters(parts);
  const jobs = createJobs(parts, clusters, images);
  const checked: Domain[] = [
    signin,
    { router: datasetRoutes(datasets, call), checks: () => datasets.checks() },
    transfers,
    images,
    jobs,
    createAccelerators(parts, clusters)
  ];

  const domains = [...checked, createDoctor(parts, checked)];

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(guard(options.secret));
  app.use(express.json({ limit: config.maxBodyBytes, strict: true }));
  app.get('/v1/health', (_request, response) => {
    const health: Health = {
      version,
      contract: CONTRACT,
      node: process.version,
      startedAt,
      unfinished: { transfers: transfers.countUnfinished(), jobs: jobs.countUnfinished() }
    };
    response.json(health);
  });
  let attachHandler: RequestHandler = (_request, _response, next) => next();
  app.get('/v1/attach', (request, response, next) => attachHandler(request, response, next));
  app.get('/v1/events', serveEvents(events, version));
  app.use('/v1', facilityRoutes(facility));
  for (const domain of domains) {
    app.use('/v1', domain.router);
  }
  app.use((request, _response) => {
    throw problem('not-found', `There is nothing at ${request.path.slice(0, 200)}.`);
  });
  app.use(problemHandler(log));

  return {
    express: app,
    reasons: {
      isBusy: () => domains.some(domain => domain.isBusy?.() === true),
      isSignedIn: () => signin.port.state().state === 'signed-in'
    },
    attach: handler => {
      attachHandler = handler;
    },
    start: () => {
      for (const domain of domains) {
        domain.reconciler?.start();
      }
    },
    stop: async () => {
      ending.abort();
      for (const domain of domains) {
        await domain.reconciler?.stop();
        await domain.stop?.();
      }
      db.close();
    }
  };
}
