import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { systemClock, type Clock } from '../../src/core/clock.ts';
import { migrate } from '../../src/store/database.ts';
import { EventLog } from '../../src/store/event-log.ts';
import { inTransaction, OperationStore } from '../../src/store/operation-store.ts';

function memory(): DatabaseSync {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  return db;
}

const start = {
  id: 't_1',
  idempotencyKey: 'key-0001',
  facility: 'demo',
  state: 'queued',
  request: { pid: 'a' },
  data: { bytes: 0 }
};

describe('operation store', () => {
  it('returns the first operation when a key is repeated, and refuses the key for another request', () => {
    const store = new OperationStore(memory(), 'transfer', systemClock);
    assert.equal(store.create(start).isNew, true);
    const again = store.create({ ...start, id: 't_2' });
    assert.equal(again.isNew, false);
    assert.equal(again.operation.id, 't_1');
    assert.throws(() => store.create({ ...start, id: 't_3', request: { pid: 'b' } }), {
      slug: 'key-reused'
    });
    assert.equal(store.page(undefined, 10).items.length, 1);
  });

  it('keeps kinds apart', () => {
    const db = memory();
    const transfers = new OperationStore(db, 'transfer', systemClock);
    const jobs = new OperationStore(db, 'job', systemClock);
    transfers.create(start);
    assert.equal(jobs.find('t_1'), null);
    assert.throws(() => jobs.require('t_1'), { slug: 'not-found' });
    assert.equal(jobs.create({ ...start, id: 'j_1' }).isNew, true);
  });

  it('does not change a finished operation unless it is reopened', () => {
    const store = new OperationStore(memory(), 'transfer', systemClock);
    store.create(start);
    store.update('t_1', { state: 'failed', finished: true });
    assert.throws(() => store.update('t_1', { state: 'running' }), { slug: 'wrong-state' });
    assert.equal(store.countUnfinished(), 0);
    const reopened = store.update('t_1', { state: 'queued', reopen: true });
    assert.equal(reopened.finished, false);
    assert.throws(() => store.remove('t_1'), { slug: 'wrong-state' });
    store.update('t_1', { state: 'cancelled', finished: true });
    store.remove('t_1');
    assert.equal(store.find('t_1'), null);
  });

  it('pages newest first without gaps or repeats, also within one millisecond', () => {
    let now = 1000;
    const clock: Clock = { ...systemClock, now: () => now };
    const store = new OperationStore(memory(), 'transfer', clock);
    for (let index = 0; index < 23; index++) {
      now += index % 3 === 0 ? 1 : 0;
      store.create({
        ...start,
        id: `t_${String(index).padStart(2, '0')}`,
        idempotencyKey: `key-${index}-long`
      });
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = store.page(cursor, 5);
      seen.push(...page.items.map(item => item.id));
      cursor = page.cursor ?? undefined;
    } while (cursor !== undefined);
    assert.equal(seen.length, 23);
    assert.equal(new Set(seen).size, 23);
    assert.ok((seen[0] ?? '') > (seen[22] ?? ''));
  });

  it('undoes a transaction that throws, with its events', () => {
    const db = memory();
    const store = new OperationStore(db, 'transfer', systemClock);
    const events = new EventLog(db, systemClock);
    assert.throws(() =>
      inTransaction(db, () => {
        store.create(start);
        events.append('transfer-removed', { id: 't_1' });
        throw new Error('crash');
      })
    );
    assert.equal(store.find('t_1'), null);
    assert.equal(events.last(), 0);
  });
});

describe('event log', () => {
  it('replays what was missed, and says so when that is gone', () => {
    const db = memory();
    const events = new EventLog(db, systemClock);
    for (let index = 0; index < 2150; index++) {
      events.append('transfer-removed', { id: String(index) });
    }
    assert.deepEqual(
      events.since(2148)?.map(event => event.data),
      ['{"id":"2148"}', '{"id":"2149"}']
    );
    assert.deepEqual(events.since(2150), []);
    assert.equal(events.since(3), null, 'older than what is kept');
    assert.equal(events.since(9999), null, 'from another database');
  });

  it('sends to listeners until they leave', () => {
    const events = new EventLog(memory(), systemClock);
    const got: string[] = [];
    const leave = events.listen(event => got.push(event.name));
    events.append('transfer-removed', { id: '1' });
    events.publish('job-removed', { id: '1' });
    leave();
    events.append('transfer-removed', { id: '2' });
    assert.deepEqual(got, ['transfer-removed', 'job-removed']);
    assert.equal(events.since(0)?.length, 2, 'what is only published is not kept');
  });
});

describe('migrations', () => {
  it('refuses a database of a newer version', () => {
    const db = memory();
    db.exec('PRAGMA user_version = 99');
    assert.throws(() => migrate(db), { slug: 'state-folder' });
  });
});
