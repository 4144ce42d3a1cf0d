import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { Health, Problem } from '#contract';
import { CompanionProcess, modeOf } from '../support/companion-process.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

describe('companion process', () => {
  it('listens on a socket that only its owner can reach, and answers only who knows the secret', async () => {
    const companion = new CompanionProcess(tempDir('companion'));
    const client = await companion.attach();
    const { socket } = await companion.ready();
    assert.equal(modeOf(socket), 0o600);
    assert.equal(modeOf(path.dirname(socket)), 0o700);
    assert.equal(modeOf(path.dirname(path.dirname(socket))), 0o700);
    assert.equal(modeOf(companion.stateDir), 0o700);
    assert.equal(modeOf(path.join(companion.stateDir, 'companion.json')), 0o600);
    assert.equal(modeOf(path.join(companion.stateDir, 'state.db')), 0o600);

    const health = await companion.ask<Health>('GET', '/v1/health');
    assert.equal(health.status, 200);
    assert.equal(health.body.contract, 1);
    assert.equal(health.headers['cache-control'], 'no-store');
    for (const headers of [{ 'x-panosc-relay': '' }, { 'x-panosc-relay': 'x'.repeat(43) }]) {
      const refused = await companion.ask<Problem>('GET', '/v1/health', { headers });
      assert.equal(refused.status, 403);
      assert.equal(refused.headers['content-type'], 'application/problem+json; charset=utf-8');
      assert.equal(refused.body.type, '/problems/not-the-relay');
    }
    client.destroy();
    assert.equal(await companion.exited, 0);
    assert.ok(!existsSync(socket));
    assert.ok(!existsSync(path.join(companion.stateDir, 'companion.json')));
  });

  it('stays while one of two clients is there, also when the other one dies', async () => {
    const companion = new CompanionProcess(tempDir('companion'));
    const first = await companion.attach('jupyter');
    const second = await companion.attach();
    first.destroy();
    await until('one client in the list', () => {
      const clients = JSON.parse(
        readFileSync(path.join(companion.stateDir, 'clients.json'), 'utf8')
      ) as object[];
      return clients.length === 1;
    });
    assert.equal((await companion.ask('GET', '/v1/health')).status, 200);
    second.destroy();
    assert.equal(await companion.exited, 0);
  });

  it('ends by itself when nobody comes', async () => {
    const companion = new CompanionProcess(tempDir('companion'), { firstClientMs: 300 });
    assert.equal(await companion.exited, 0);
  });

  it('leaves a state folder that another companion uses', async () => {
    const folder = tempDir('companion');
    const first = new CompanionProcess(folder);
    const client = await first.attach();
    const second = new CompanionProcess(folder);
    assert.equal(await second.exited, 75);
    assert.equal((await first.ask('GET', '/v1/health')).status, 200);
    client.destroy();
    await first.exited;
  });

  it('gives its place free when it is killed with -9, and cleans up after the dead one', async () => {
    const folder = tempDir('companion');
    const first = new CompanionProcess(folder);
    const { socket } = await first.ready();
    first.child.kill('SIGKILL');
    await first.exited;
    const second = new CompanionProcess(folder);
    const client = await second.attach();
    assert.ok(!existsSync(socket), 'the dead companion’s socket is gone');
    client.destroy();
    assert.equal(await second.exited, 0);
  });

  it('ends on SIGTERM with open streams', async () => {
    const companion = new CompanionProcess(tempDir('companion'));
    await companion.attach();
    const stream = await companion.open('GET', '/v1/events');
    stream.resume();
    stream.on('error', () => undefined);
    companion.child.kill('SIGTERM');
    assert.equal(await companion.exited, 0);
  });

  it('answers bad requests with one sentence', async () => {
    const companion = new CompanionProcess(tempDir('companion'), { maxBodyBytes: 2048 });
    const client = await companion.attach();
    const cases = [
      [await companion.ask<Problem>('GET', '/v1/nothing'), 404, 'not-found'],
      [
        await companion.ask<Problem>('PUT', '/v1/facility', { body: { id: 'x'.repeat(5000) } }),
        413,
        'body-too-large'
      ],
      [
        await companion.ask<Problem>('PUT', '/v1/facility', { body: { id: 'x', __proto__x: 1 } }),
        400,
        'bad-request'
      ],
      [
        await companion.ask<Problem>('PUT', '/v1/facility', { body: { id: 'nowhere' } }),
        404,
        'not-found'
      ],
      [await companion.ask<Problem>('GET', '/v1/attach?kind=other&pid=-1'), 400, 'bad-request']
    ] as const;
    for (const [answer, status, slug] of cases) {
      assert.equal(answer.status, status);
      assert.equal(answer.body.type, `/problems/${slug}`);
      assert.match(answer.body.detail, /^[A-Z].*\.$/s);
      assert.equal(answer.body.instance, answer.headers['x-request-id']);
    }
    client.destroy();
    await companion.exited;
  });

  it('resumes the event stream after Last-Event-ID', async () => {
    const companion = new CompanionProcess(tempDir('companion'));
    const client = await companion.attach();
    const read = async (headers: Record<string, string>): Promise<string> => {
      const stream = await companion.open('GET', '/v1/events', { headers });
      let content = '';
      for await (const piece of stream) {
        content += String(piece);
        if (/id: |: ready/.test(content)) {
          break;
        }
      }
      return content;
    };
    assert.match(await read({}), /^event: hello\ndata: {"version":"dev","contract":1}\n\nid: 0\n/);
    assert.match(await read({ 'last-event-id': '77' }), /event: reset/);
    client.destroy();
    await companion.exited;
  });
});
