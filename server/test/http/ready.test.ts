import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { systemClock } from '../../src/core/clock.ts';
import { problem } from '../../src/core/problem.ts';
import { ready, whyNotReady, type Readiness } from '../../src/http/ready.ts';
import type { Profile } from '../../src/facility/profile.ts';
import { migrate } from '../../src/store/database.ts';
import { SettingsStore } from '../../src/store/settings-store.ts';

function readiness(more: { hasStarted?: boolean; profile?: () => Profile } = {}) {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const facility = { profile: more.profile ?? (() => ({ id: 'lab' }) as Profile) };
  const parts = {
    clock: systemClock,
    settings: new SettingsStore(db),
    facility: facility as Readiness['parts']['facility']
  };
  return { db, of: { parts, reconcilers: [{ hasStarted: more.hasStarted ?? true }] } };
}

/** What the route answers, or throws. */
function ask(of: Readiness): unknown {
  let body: unknown;
  void ready(of)(
    {} as never,
    { json: (value: unknown) => (body = value) } as never,
    () => undefined
  );
  return body;
}

describe('readiness', () => {
  it('is 200 when the store is writable, the profile read, unfinished work taken up', () => {
    const { of } = readiness();
    assert.equal(whyNotReady(of), null);
    const body = ask(of) as { ready: boolean; facility: string };
    assert.deepEqual([body.ready, body.facility], [true, 'lab']);
  });

  it('is a problem with a sentence while unfinished work waits to be taken up', () => {
    assert.throws(() => ask(readiness({ hasStarted: false }).of), {
      slug: 'not-ready',
      message: /has not gone on yet with what was unfinished\./
    });
  });

  it('is a problem with a sentence when the store takes no write', () => {
    const { db, of } = readiness();
    db.exec('PRAGMA query_only = ON');
    assert.throws(() => ask(of), {
      slug: 'not-ready',
      message: /cannot be written: .*readonly.*Free some space/
    });
  });

  it('is a problem with the exact mistake when the profile cannot be read', () => {
    const profile = (): never => {
      throw problem('bad-profile', 'The profile site.yaml cannot be used: line 3: nonsense.');
    };
    assert.throws(() => ask(readiness({ profile }).of), {
      slug: 'not-ready',
      message: 'The profile site.yaml cannot be used: line 3: nonsense.'
    });
  });
});
