import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { Job } from '#contract';
import { JobsBench } from './jobs-bench.ts';

describe('following a job', () => {
  it('asks once for all jobs of a cluster, not more often than it must', async () => {
    const bench = new JobsBench();
    const jobs: Job[] = [];
    for (let count = 0; count < 5; count++) {
      jobs.push((await bench.submit()).job);
    }
    const look = async (): Promise<number[]> => {
      const next = await Promise.all(jobs.map(({ id }) => bench.look(id)));
      return next.map(ms => ms ?? -1);
    };
    assert.deepEqual(await look(), [5000, 5000, 5000, 5000, 5000]);
    assert.equal(bench.scheduler.statusCalls, 1);
    bench.clock.advance(61_000);
    assert.deepEqual(await look(), [30_000, 30_000, 30_000, 30_000, 30_000]);
    assert.equal(bench.scheduler.statusCalls, 2);
    bench.clock.advance(20_000);
    await look();
    assert.equal(bench.scheduler.statusCalls, 2);
  });

  it('keeps the state, with a sentence, while the scheduler is silent, and backs off', async () => {
    const bench = new JobsBench();
    const { job } = await bench.submit();
    bench.scheduler.set('100', { state: 'running' });
    await bench.look(job.id);
    bench.scheduler.silent = true;
    const pauses: number[] = [];
    for (let count = 0; count < 8; count++) {
      bench.clock.advance(300_000);
      pauses.push((await bench.look(job.id)) ?? -1);
    }
    assert.deepEqual(
      pauses,
      [30_000, 60_000, 120_000, 240_000, 300_000, 300_000, 300_000, 300_000]
    );
    const silent = bench.service.get(job.id);
    assert.equal(silent.state, 'running');
    assert.equal(silent.problem?.type, '/problems/scheduler-slow');
    bench.scheduler.silent = false;
    bench.clock.advance(300_000);
    assert.equal(await bench.look(job.id), 30_000);
    assert.equal(bench.service.get(job.id).problem, null);
  });

  it('compares what was granted with what was asked, and asks for itself where squeue is silent', async () => {
    const cases: [string | null, string | null, boolean][] = [
      ['a40 × 2', null, false],
      ['a40 × 1', null, true],
      ['a100 × 2', null, true],
      [null, 'a40 × 2', false],
      [null, 'none', true],
      [null, null, false]
    ];
    for (const [inQueue, separately, differs] of cases) {
      const bench = new JobsBench();
      bench.scheduler.granted = separately;
      const { job } = await bench.submit({ gpus: { type: 'a40', count: 2 } });
      bench.scheduler.set('100', { state: 'running', gpusGranted: inQueue });
      await bench.look(job.id);
      const now = bench.service.get(job.id);
      const shown = `${inQueue} ${separately}`;
      assert.equal(now.problem?.type ?? null, differs ? '/problems/grant-differs' : null, shown);
      assert.equal(now.gpus.granted, inQueue ?? separately, shown);
    }
  });

  it('appends one event for each change, and none for a clock that ticks', async () => {
    const bench = new JobsBench();
    const { job } = await bench.submit();
    bench.scheduler.set('100', { state: 'running', elapsedSeconds: 1 });
    await bench.look(job.id);
    const before = bench.seen.length;
    bench.scheduler.set('100', { elapsedSeconds: 31 });
    bench.clock.advance(30_000);
    await bench.look(job.id);
    assert.equal(bench.seen.length, before);
    assert.equal(bench.service.get(job.id).elapsedSeconds, 31);
    writeFileSync(path.join(bench.workdir, 'r.png'), '');
    bench.scheduler.set('100', { state: 'completed', exitCode: 0 });
    bench.clock.advance(30_000);
    assert.equal(await bench.look(job.id), null);
    assert.deepEqual(
      bench.seen.map(({ state }) => state),
      ['submitting', 'queued', 'running', 'completed']
    );
  });

  it('shows the result once it is there, and the script that ran', async () => {
    const bench = new JobsBench();
    const { job } = await bench.submit({ result: 'out/r.png' });
    bench.scheduler.set('100', { state: 'completed', exitCode: 0 });
    mkdirSync(path.join(bench.workdir, 'out'));
    writeFileSync(path.join(bench.workdir, 'out/r.png'), '');
    await bench.look(job.id);
    assert.equal(bench.service.get(job.id).resultPath, path.join(bench.workdir, 'out/r.png'));
    const { request, script } = await bench.service.detail(job.id);
    assert.equal(
      script,
      readFileSync(path.join(bench.workdir, '.panosc', job.id, 'script.sh'), 'utf8')
    );
    assert.equal(request.result, 'out/r.png');
  });

  it('gives a job up that the scheduler has forgotten, after many looks', async () => {
    const bench = new JobsBench();
    const { job } = await bench.submit();
    bench.scheduler.jobs.clear();
    let looks = 0;
    while ((await bench.look(job.id)) !== null) {
      looks += 1;
      assert.ok(looks < 20);
      bench.clock.advance(60_000);
    }
    const ended = bench.service.get(job.id);
    assert.equal(ended.state, 'interrupted');
    assert.equal(ended.problem?.type, '/problems/job-not-found');
    assert.ok(looks >= 5);
  });
});
