import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Problem } from '#contract';
import { Alice } from '../jobs/alice.ts';
import { startCluster, whyNoCluster, type Cluster } from '../support/cluster.ts';

const skip = whyNoCluster() ?? false;

describe('a Slurm controller that stands still', { skip }, () => {
  let cluster: Cluster;
  let alice: Alice;
  before(async () => {
    cluster = startCluster();
    alice = new Alice(cluster, 'outage');
    await alice.start();
  });
  after(async () => {
    await alice.stop();
    await cluster.stop();
  });

  /** The controller hears (its socket is open) and does not answer. */
  const controller = (signal: 'SIGSTOP' | 'SIGCONT'): void => {
    const pidFile = path.resolve(path.dirname(cluster.conf), '../run/slurmctld.pid');
    process.kill(Number(readFileSync(pidFile, 'utf8')), signal);
  };

  it('loses no job and takes none twice, although it reads the old requests when it wakes', async () => {
    const running = await alice.submit({ name: 'before', script: '#!/bin/bash\nsleep 600\n' });
    await alice.until(running.id, 'running', ({ state }) => state === 'running');
    controller('SIGSTOP');
    try {
      const posted = await Promise.all(
        ['one', 'two', 'three'].map(name => alice.post({ name, script: '#!/bin/bash\nsleep 1\n' }))
      );
      for (const { body, status } of posted) {
        assert.equal(status, 202, JSON.stringify(body));
        assert.equal(body.state, 'submitting');
      }
      const silent = await alice.until(running.id, 'a sentence', ({ problem }) => problem !== null);
      assert.equal(silent.state, 'running');
      assert.match(silent.problem?.detail ?? '', /^[^\n]+\.$/);
      const gpus = await alice.companion.ask<Problem>('GET', '/v1/accelerators');
      assert.equal(gpus.body.type, '/problems/scheduler-slow', JSON.stringify(gpus.body));
      // Each submission has been given up at least once.
      for (const { body } of posted) {
        await alice.until(body.id, 'a sentence', ({ problem }) => problem !== null, 120_000);
      }
      controller('SIGCONT');
      for (const { body } of posted) {
        const ended = await alice.until(
          body.id,
          'its end',
          ({ state }) => state === 'completed',
          240_000
        );
        assert.equal(ended.problem, null);
      }
      const names = alice.queue().map(line => line.split('|')[1]);
      assert.deepEqual(names.sort(), ['before', 'one', 'three', 'two']);
      const { status } = await alice.companion.ask('POST', `/v1/jobs/${running.id}/cancel`);
      assert.equal(status, 200);
    } finally {
      controller('SIGCONT');
    }
  });
});
