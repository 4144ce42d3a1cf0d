import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { testCall } from '../support/test-call.ts';
import { JobsBench } from './jobs-bench.ts';

describe('a job while another facility is chosen', () => {
  it('is followed and cancelled at its own cluster, never at one that has the same id', async () => {
    const bench = new JobsBench();
    const { job } = await bench.submit();
    bench.facility.choose('q');
    bench.scheduler.set('100', { state: 'running' });
    bench.clock.advance(120_000);
    await bench.look(job.id);
    assert.equal(bench.service.get(job.id).state, 'running');
    assert.equal(bench.service.get(job.id).problem, null);
    const cancelled = await bench.service.cancel(job.id, testCall());
    assert.equal(cancelled.state, 'cancelled');
    assert.equal(bench.scheduler.jobs.get('100')?.status.state, 'cancelled');
    assert.equal(bench.other.statusCalls, 0);
  });

  it('is submitted to its own cluster when that did not take it at once, also after a restart', async () => {
    const bench = new JobsBench();
    bench.scheduler.fates = ['lost'];
    const { job } = await bench.submit();
    bench.facility.choose('q');
    bench.restart();
    assert.equal(bench.facility.profile().id, 'q', 'the choice outlives a restart');
    bench.clock.advance(600_000);
    await bench.look(job.id);
    assert.equal(bench.scheduler.submissions, 2);
    assert.equal(bench.other.submissions, 0);
    assert.equal(bench.service.get(job.id).state, 'queued');
    assert.equal(bench.service.get(job.id).clusterTitle, 'Cluster');
  });

  it('shares no poll with the jobs of the other one', async () => {
    const bench = new JobsBench();
    const { job: first } = await bench.submit();
    bench.facility.choose('q');
    const { job: second } = await bench.submit();
    assert.equal(bench.other.submissions, 1);
    bench.scheduler.set('100', { state: 'running' });
    bench.other.set('100', { state: 'completed' });
    bench.clock.advance(120_000);
    await bench.look(first.id);
    await bench.look(second.id);
    assert.equal(bench.service.get(first.id).state, 'running');
    assert.equal(bench.service.get(second.id).state, 'completed');
  });

  it('is followed and cancelled when the profile of its facility is gone', async () => {
    const bench = new JobsBench();
    const { job } = await bench.submit();
    bench.facility.choose('q');
    rmSync(path.join(bench.root, 'p.yaml'));
    bench.restart();
    bench.clock.advance(120_000);
    await bench.look(job.id);
    assert.equal(bench.service.get(job.id).problem, null);
    assert.equal((await bench.service.cancel(job.id, testCall())).state, 'cancelled');
    bench.service.remove(job.id);
  });
});
