import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { testCall } from '../support/test-call.ts';
import { JobsBench } from './jobs-bench.ts';

describe('a job while another facility is chosen', () => {
  it('is not looked for in a cluster that has the same id, and is followed again afterwards', async () => {
    const bench = new JobsBench();
    const { job } = await bench.submit();
    await bench.look(job.id);
    const asked = bench.scheduler.statusCalls;
    bench.facility.choose('q');
    bench.clock.advance(120_000);
    await bench.look(job.id);
    const waiting = bench.service.get(job.id);
    assert.equal(waiting.state, 'queued');
    assert.equal(waiting.problem?.type, '/problems/other-facility');
    assert.match(waiting.problem.detail, /belongs to P, and Q is chosen now/);
    assert.equal(bench.scheduler.statusCalls, asked);

    bench.facility.choose('p');
    bench.scheduler.set('100', { state: 'running' });
    await bench.look(job.id);
    assert.equal(bench.service.get(job.id).state, 'running');
    assert.equal(bench.service.get(job.id).problem, null);
  });

  it('is not cancelled there, and the cancel is not kept for later', async () => {
    const bench = new JobsBench();
    const { job } = await bench.submit();
    bench.facility.choose('q');
    await assert.rejects(bench.service.cancel(job.id, testCall()), { slug: 'other-facility' });
    assert.equal(bench.scheduler.jobs.get('100')?.status.state, 'queued');
    bench.facility.choose('p');
    await bench.look(job.id);
    assert.equal(bench.service.get(job.id).state, 'queued');
  });

  it('is not submitted there when its own cluster did not take it', async () => {
    const bench = new JobsBench();
    bench.scheduler.fates = ['lost'];
    const { job } = await bench.submit();
    bench.facility.choose('q');
    bench.restart();
    assert.equal(bench.facility.profile().id, 'q', 'the choice outlives a restart');
    bench.clock.advance(600_000);
    await bench.look(job.id);
    assert.equal(bench.scheduler.submissions, 1);
    assert.equal(bench.service.get(job.id).state, 'submitting');
    assert.equal(bench.service.get(job.id).problem?.type, '/problems/other-facility');
    bench.facility.choose('p');
    await bench.look(job.id);
    await bench.look(job.id);
    assert.equal(bench.scheduler.submissions, 2);
    assert.equal(bench.service.get(job.id).state, 'queued');
  });
});
