import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import type { TestContext } from 'node:test';
import express from 'express';
import pino from 'pino';
import type { SigninState } from '#contract';
import { Config } from '../../src/config/schema.ts';
import type { Clock } from '../../src/core/clock.ts';
import { problem } from '../../src/core/problem.ts';
import { Profile, ProviderProfile } from '../../src/facility/profile.ts';
import { problemHandler } from '../../src/http/problem-handler.ts';
import type { Parts } from '../../src/parts.ts';
import { createSignin } from '../../src/signin/create-signin.ts';
import { openDatabase } from '../../src/store/database.ts';
import { EventLog } from '../../src/store/event-log.ts';
import { SettingsStore } from '../../src/store/settings-store.ts';
import { HostileIdp } from '../fakes/hostile-idp/server.ts';
import { ManualClock } from '../support/manual-clock.ts';

/** A provider of a profile that points to `issuer`. */
export function providerAt(issuer: string, change: Partial<ProviderProfile> = {}): ProviderProfile {
  return ProviderProfile.parse({
    id: 'umbrella',
    title: 'UmbrellaID',
    issuer,
    device: { client_id: 'pan-native' },
    ...change
  });
}

export interface BenchOptions {
  readonly providers: readonly ProviderProfile[];
  readonly clock?: Clock;
  readonly stateDir?: string;
  readonly insecureLoopback?: boolean;
  readonly timeoutMs?: number;
  readonly fetch?: typeof fetch;
  /** Folder that the profile lies in. */
  readonly profileDir?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: string;
  readonly text: string;
}

/** The sign-in domain on a real database, with everything that it says to the outside collected. */
export function signinBench(t: TestContext, options: BenchOptions) {
  const own = mkdtempSync(path.join(tmpdir(), 'panosc-signin-'));
  const stateDir = options.stateDir ?? own;
  const clock = options.clock ?? new ManualClock();
  const db = openDatabase(stateDir);
  const events = new EventLog(db, clock);
  const logged: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => logged.push(line) });
  const seen: SigninState[] = [];
  events.listen(({ name, data }) => {
    if (name === 'signin') {
      seen.push(JSON.parse(data) as SigninState);
    }
  });
  let profile = Profile.parse({ id: 'test', title: 'Test', providers: options.providers });
  const changes: (() => void)[] = [];
  const parts: Parts = {
    config: Config.parse({
      stateDir,
      runtimeDir: stateDir,
      insecureLoopback: options.insecureLoopback ?? true
    }),
    surroundings: { home: stateDir, env: {} },
    db,
    events,
    settings: new SettingsStore(db),
    clock,
    log,
    fetch: options.fetch ?? fetch,
    facility: {
      profile: () => profile,
      current: () => profile,
      mistakes: () => [],
      profileFor: () => profile,
      resolveFile: name => path.resolve(options.profileDir ?? stateDir, name),
      placeOf: () => '',
      onChange: listener => changes.push(listener)
    },
    call: () => {
      throw problem('internal', 'sign-in needs no call context');
    }
  };
  const { port, router, stop } = createSignin(parts, { timeoutMs: options.timeoutMs ?? 5000 });
  const app = express();
  app.use(express.json());
  app.use('/v1', router);
  app.use(problemHandler(log));
  let isStopped = false;
  const end = async (): Promise<void> => {
    if (!isStopped) {
      isStopped = true;
      await stop?.();
      db.close();
    }
  };
  t.after(async () => {
    await end();
    rmSync(own, { recursive: true, force: true });
  });
  const server = app.listen(0, '127.0.0.1');
  const listening = once(server, 'listening');
  t.after(() => server.close());
  return {
    /** One request to the routes. */
    ask: async (method: string, route: string, body?: object): Promise<Answer> => {
      await listening;
      const response = await fetch(
        `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1${route}`,
        {
          method,
          headers: { 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) })
        }
      );
      const text = await response.text();
      return { status: response.status, headers: [...response.headers].join('\n'), text };
    },
    port,
    clock,
    logged,
    /** Every `signin` event so far. */
    seen,
    stop: end,
    /** Waits until an event (or the present state) fits. */
    waitFor: (what: (state: SigninState) => boolean): Promise<SigninState> =>
      new Promise(resolve => {
        if (what(port.state())) {
          resolve(port.state());
          return;
        }
        const stopListening = events.listen(({ name }) => {
          if (name === 'signin' && what(port.state())) {
            stopListening();
            resolve(port.state());
          }
        });
      }),
    switchProfile: (next: Profile): void => {
      profile = next;
      changes.forEach(tell => tell());
    },
    /** Bytes of everything in the state folder. */
    stored: (): string =>
      readdirSync(stateDir)
        .map(name => readFileSync(path.join(stateDir, name), 'latin1'))
        .join('\n')
  };
}

export type Bench = ReturnType<typeof signinBench>;

/** A hostile provider that ends with the test. */
export async function hostileIdp(
  t: TestContext,
  options: { clientSecret?: string } = {}
): Promise<HostileIdp> {
  const idp = await new HostileIdp(options).start();
  t.after(() => idp.close());
  return idp;
}

/** Walks a whole sign-in at the hostile provider. */
export async function signIn(
  bench: Bench,
  idp: HostileIdp,
  clock: ManualClock,
  user = 'alice'
): Promise<SigninState> {
  const pending = await bench.port.start('umbrella');
  idp.approve(pending.userCode, user);
  await clock.skip();
  return bench.waitFor(({ state }) => state !== 'pending');
}
