import assert from 'node:assert/strict';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { testCall } from '../support/test-call.ts';
import { JobsBench, SETTLES_MS } from './jobs-bench.ts';

describe('handing a job over', () => {
  it('happens once, and the script lies where the node sees it', async () => {
    const bench = new JobsBench();
    const { isNew, job } = await bench.submit();
    assert.ok(isNew);
    assert.equal(job.state, 'queued');
    assert.equal(job.jobId, '100');
    assert.ok(existsSync(path.join(bench.workdir, '.panosc', job.id, 'script.sh')));
    await bench.look(job.id);
    assert.equal(bench.scheduler.submissions, 1);
  });

  it('joins requests with one key, also while the first is under way, and refuses the key for another', async () => {
    const bench = new JobsBench();
    let open: () => void = () => undefined;
    bench.scheduler.gate = new Promise(resolve => (open = resolve));
    const first = bench.submit({}, 'one-and-the-same');
    await untilSome(() => bench.service.unfinishedIds());
    const second = await bench.submit({}, 'one-and-the-same');
    assert.equal(second.isNew, false);
    assert.deepEqual(readdirSync(path.join(bench.workdir, '.panosc')), [second.job.id]);
    assert.equal(second.job.state, 'submitting');
    // What a reconciler does at this moment must not submit it too.
    const looked = bench.look(second.job.id);
    open();
    const [{ job }] = await Promise.all([first, looked]);
    assert.equal(job.id, second.job.id);
    assert.equal(bench.scheduler.submissions, 1);
    await assert.rejects(bench.submit({ name: 'other' }, 'one-and-the-same'), {
      slug: 'key-reused'
    });
  });

  it('finds a job whose answer was lost, before and after a restart', async () => {
    for (const restarts of [false, true]) {
      const bench = new JobsBench();
      bench.scheduler.fates = ['taken, answer lost'];
      const { job } = await bench.submit();
      assert.equal(job.state, 'submitting');
      assert.equal(job.problem?.type, '/problems/scheduler-slow');
      if (restarts) {
        bench.restart();
        assert.deepEqual(bench.service.unfinishedIds(), [job.id]);
      }
      await bench.look(job.id);
      const found = bench.service.get(job.id);
      assert.equal(found.jobId, '100');
      assert.equal(found.problem, null);
      assert.equal(bench.scheduler.submissions, 1);
    }
  });

  it('does not repeat a submission that may still arrive', async () => {
    const bench = new JobsBench();
    bench.scheduler.fates = ['arrives late'];
    const { job } = await bench.submit();
    bench.restart();
    for (let waited = 0; waited < SETTLES_MS - 10_000; waited += 5000) {
      assert.ok(((await bench.look(job.id)) ?? 0) <= 5000);
      bench.clock.advance(5000);
    }
    assert.equal(bench.scheduler.submissions, 1);
    bench.scheduler.late.forEach(arrive => arrive());
    await bench.look(job.id);
    assert.equal(bench.service.get(job.id).jobId, '100');
    bench.clock.advance(SETTLES_MS);
    await bench.look(job.id);
    assert.equal(bench.scheduler.submissions, 1);
    assert.equal(bench.scheduler.jobs.size, 1);
  });

  it('repeats one that certainly got lost, once it can no longer arrive', async () => {
    const bench = new JobsBench();
    bench.scheduler.fates = ['lost'];
    const { job } = await bench.submit();
    bench.clock.advance(SETTLES_MS);
    await bench.look(job.id);
    assert.equal(bench.scheduler.submissions, 2);
    assert.equal(bench.service.get(job.id).state, 'queued');
  });

  it('never repeats one of which nobody can know, and says where to look', async () => {
    const bench = new JobsBench();
    bench.scheduler.fates = ['lost'];
    bench.scheduler.lookup = 'unsure';
    const { job } = await bench.submit();
    bench.clock.advance(SETTLES_MS * 10);
    assert.equal(await bench.look(job.id), null);
    const ended = bench.service.get(job.id);
    assert.equal(ended.state, 'refused');
    assert.match(ended.problem?.detail ?? '', /No records are kept\. Look into .*\.panosc/);
    assert.equal(bench.scheduler.submissions, 1);
  });

  it('waits while nobody answers the question', async () => {
    const bench = new JobsBench();
    bench.scheduler.fates = ['lost'];
    bench.scheduler.lookup = 'silent';
    const { job } = await bench.submit();
    bench.clock.advance(SETTLES_MS * 10);
    await bench.look(job.id);
    assert.equal(bench.service.get(job.id).state, 'submitting');
    assert.equal(bench.scheduler.submissions, 1);
  });

  it('does not give a job up because the commands are not there to look for it', async () => {
    const bench = new JobsBench();
    bench.scheduler.fates = ['lost'];
    bench.scheduler.lookup = 'missing';
    const { job } = await bench.submit();
    bench.clock.advance(SETTLES_MS * 10);
    await bench.look(job.id);
    assert.equal(bench.service.get(job.id).state, 'submitting');
    bench.scheduler.lookup = 'works';
    await bench.look(job.id);
    assert.notEqual(bench.service.get(job.id).jobId, null);
  });

  it('keeps a refused job in the list with the scheduler’s sentence', async () => {
    const bench = new JobsBench();
    bench.scheduler.fates = ['refused'];
    const { job } = await bench.submit();
    assert.equal(job.state, 'refused');
    assert.equal(job.problem?.detail, 'Slurm refused it.');
    bench.service.remove(job.id);
    assert.throws(() => bench.service.get(job.id), { slug: 'not-found' });
  });

  it('refuses a job whose script is gone', async () => {
    const bench = new JobsBench();
    bench.scheduler.fates = ['lost'];
    const { job } = await bench.submit();
    rmSync(path.join(bench.workdir, '.panosc', job.id, 'script.sh'));
    bench.clock.advance(SETTLES_MS);
    await bench.look(job.id);
    assert.equal(bench.service.get(job.id).state, 'refused');
    assert.equal(bench.scheduler.submissions, 1);
  });

  it('names the field of a bad request, also of an image, and writes nothing down', async () => {
    const bench = new JobsBench();
    for (const [more, field] of [
      [{ name: 'a\nb' }, 'name'],
      [{ image: 'r:/x.sif' }, 'image'],
      [{ workdir: '/etc' }, 'workdir']
    ] as const) {
      await assert.rejects(bench.submit(more), { slug: 'bad-job', extra: { field } });
    }
    assert.equal(bench.service.countUnfinished(), 0);
    assert.equal(bench.service.list(undefined, 10).items.length, 0);
  });

  it('says that the folder cannot be written', async () => {
    const bench = new JobsBench();
    writeFileSync(path.join(bench.workdir, '.panosc'), 'in the way');
    await assert.rejects(bench.submit(), { slug: 'target-not-writable' });
    assert.equal(bench.service.list(undefined, 10).items.length, 0);
    assert.equal(bench.scheduler.submissions, 0);
  });
});

describe('cancelling', () => {
  it('waits for a submission that is under way', async () => {
    const bench = new JobsBench();
    let open: () => void = () => undefined;
    bench.scheduler.gate = new Promise(resolve => (open = resolve));
    const submitted = bench.submit();
    const [id = ''] = await untilSome(() =>
      bench.scheduler.submissions === 1 ? bench.service.unfinishedIds() : []
    );
    const cancelled = bench.service.cancel(id, testCall());
    for (let turn = 0; turn < 5; turn++) {
      await new Promise(resolve => setImmediate(resolve));
    }
    open();
    assert.equal((await cancelled).state, 'cancelled');
    await submitted;
    assert.equal(bench.scheduler.jobs.get('100')?.status.state, 'cancelled');
  });

  it('of a job that nobody knows yet is promised, and kept after a restart', async () => {
    for (const fate of ['arrives late', 'lost'] as const) {
      const bench = new JobsBench();
      bench.scheduler.fates = [fate];
      const { job } = await bench.submit();
      await assert.rejects(bench.service.cancel(job.id, { ...testCall(), clock: bench.clock }), {
        slug: 'cancel-not-confirmed'
      });
      bench.restart();
      bench.scheduler.late.forEach(arrive => arrive());
      bench.clock.advance(SETTLES_MS);
      await bench.look(job.id);
      await bench.look(job.id);
      bench.clock.advance(10_000);
      await bench.look(job.id);
      assert.equal(bench.service.get(job.id).state, 'cancelled', fate);
      assert.equal(bench.scheduler.submissions, 1, 'what is unwanted is not submitted again');
    }
  });

  it('is only said when it was read back', async () => {
    const bench = new JobsBench();
    const { job } = await bench.submit();
    bench.scheduler.cancelWorks = false;
    await assert.rejects(bench.service.cancel(job.id, testCall()), {
      slug: 'cancel-not-confirmed'
    });
    assert.equal(bench.service.get(job.id).state, 'queued');
    bench.scheduler.cancelWorks = true;
    assert.equal((await bench.service.cancel(job.id, testCall())).state, 'cancelled');
    await assert.rejects(bench.service.cancel(job.id, testCall()), { slug: 'wrong-state' });
  });
});

async function untilSome<T>(look: () => readonly T[]): Promise<readonly T[]> {
  for (;;) {
    const found = look();
    if (found.length > 0) {
      return found;
    }
    await new Promise(resolve => setImmediate(resolve));
  }
}
