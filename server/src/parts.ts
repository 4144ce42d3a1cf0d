import type { DatabaseSync } from 'node:sqlite';
import type { Router } from 'express';
import type { Surroundings } from './config/load.ts';
import type { Config } from './config/schema.ts';
import type { CallContext } from './core/call-context.ts';
import type { Clock } from './core/clock.ts';
import type { Fetch } from './core/http-client.ts';
import type { Log } from './core/log.ts';
import type { Reconciler } from './core/reconciler.ts';
import type { Check } from './doctor/port.ts';
import type { ActiveProfile } from './facility/service.ts';
import type { EventLog } from './store/event-log.ts';
import type { SettingsStore } from './store/settings-store.ts';

/** What `app.ts` hands to every domain. */
export interface Parts {
  readonly config: Config;
  readonly surroundings: Surroundings;
  readonly db: DatabaseSync;
  readonly events: EventLog;
  readonly settings: SettingsStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Goes the way that the environment of this machine prescribes: proxies, authorities. */
  readonly fetch: Fetch;
  readonly facility: ActiveProfile;
  /** A context for work that ends with `signal` (default: with the process). */
  readonly call: (signal?: AbortSignal) => CallContext;
}

/** What a domain gives back: its routes, and what must be started and stopped. */
export interface Domain {
  /** Mounted at `/v1`. */
  readonly router: Router;
  readonly reconciler?: Reconciler;
  readonly stop?: () => Promise<void>;
  /** What the self-check looks at for this domain, of the profile that is active now. */
  readonly checks?: () => readonly Check[];
  /** Something runs in this process that ends with it. */
  readonly isBusy?: () => boolean;
}
