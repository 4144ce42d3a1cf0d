import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { newId } from '../../src/core/ids.ts';
import type { JobStatus, JobSubmission, Scheduler } from '../../src/jobs/port.ts';
import { isFinished } from '../../src/jobs/state.ts';
import { testCall } from '../support/test-call.ts';
import { until } from '../support/until.ts';

/** What a scheduler under test needs. */
export interface SchedulerUnderTest {
  /** A scheduler; called again it is as another process would have it, on the same jobs. */
  readonly open: () => Scheduler;
  /** A folder that the jobs can write. */
  readonly folder: () => string;
}

/** Every scheduler adapter passes these. */
export function schedulerConformance(name: string, under: SchedulerUnderTest): void {
  const call = testCall();

  /** A job as the service hands it over: script and logs in a folder that its key names. */
  const job = (script: string, more: Partial<JobSubmission> = {}): JobSubmission => {
    const key = newId('j');
    const workdir = under.folder();
    const folder = path.join(workdir, '.panosc', key);
    mkdirSync(folder, { recursive: true });
    const scriptPath = path.join(folder, 'script.sh');
    writeFileSync(scriptPath, `#!/bin/bash\n${script}\n`, { mode: 0o700 });
    return {
      key,
      name: 'conformance',
      scriptPath,
      workdir,
      logPath: path.join(folder, 'job.out'),
      partition: null,
      account: null,
      timeMinutes: null,
      cpus: null,
      memoryMB: null,
      gpus: null,
      comment: null,
      ...more
    };
  };

  const statusOf = async (scheduler: Scheduler, jobId: string): Promise<JobStatus | null> =>
    (await scheduler.statuses([jobId], call)).get(jobId) ?? null;

  const end = (scheduler: Scheduler, jobId: string): Promise<JobStatus> =>
    until(
      `the end of ${jobId}`,
      async () => {
        const status = await statusOf(scheduler, jobId);
        return status !== null && isFinished(status.state) ? status : null;
      },
      60_000
    );

  const running = (scheduler: Scheduler, jobId: string): Promise<JobStatus> =>
    until(
      `the start of ${jobId}`,
      async () => {
        const status = await statusOf(scheduler, jobId);
        return status?.state === 'running' ? status : null;
      },
      60_000
    );

  describe(`scheduler ${name}`, () => {
    it('runs a script in its folder, with both logs, and says that it completed', async () => {
      const scheduler = under.open();
      const wanted = job('pwd; echo err >&2');
      const { jobId } = await scheduler.submit(wanted, call);
      const status = await end(scheduler, jobId);
      assert.equal(status.state, 'completed');
      assert.equal(status.exitCode, 0);
      assert.ok(
        status.submittedAt !== null && status.startedAt !== null && status.endedAt !== null
      );
      assert.ok(Date.parse(status.endedAt) >= Date.parse(status.startedAt));
      assert.equal(readFileSync(wanted.logPath, 'utf8'), `${wanted.workdir}\n`);
      assert.equal(readFileSync(wanted.logPath.replace(/out$/, 'err'), 'utf8'), 'err\n');
    });

    it('gives the exit code of a script that fails, and 128 + the signal that ended it', async () => {
      const scheduler = under.open();
      const failed = await scheduler.submit(job('exit 7'), call);
      const killed = await scheduler.submit(job('kill -9 $$'), call);
      assert.deepEqual(
        [(await end(scheduler, failed.jobId)).state, (await end(scheduler, failed.jobId)).exitCode],
        ['failed', 7]
      );
      assert.deepEqual(
        [(await end(scheduler, killed.jobId)).state, (await end(scheduler, killed.jobId)).exitCode],
        ['failed', 137]
      );
    });

    it('finds a job by its key from another process, while it runs and after; and nothing by another key', async () => {
      const scheduler = under.open();
      const after = new Date(Date.now() - 1000).toISOString();
      const wanted = job('while [ ! -e go ]; do sleep 0.1; done');
      assert.deepEqual(await scheduler.findByKey(wanted.key, after, call), { found: 'none' });
      const { jobId } = await scheduler.submit(wanted, call);
      await running(scheduler, jobId);
      const other = under.open();
      assert.deepEqual(await other.findByKey(wanted.key, after, call), { found: 'job', jobId });
      assert.deepEqual(await other.findByKey(newId('j'), after, call), { found: 'none' });
      assert.equal((await statusOf(other, jobId))?.state, 'running');
      assert.equal((await statusOf(other, jobId))?.endedAt, null);
      writeFileSync(path.join(wanted.workdir, 'go'), '');
      assert.equal((await end(other, jobId)).state, 'completed');
      assert.deepEqual(await other.findByKey(wanted.key, after, call), { found: 'job', jobId });
    });

    it('cancels, and says so only when the job has ended', async () => {
      const scheduler = under.open();
      const wanted = job("trap '' TERM; echo up; sleep 300 & wait; sleep 300");
      const { jobId } = await scheduler.submit(wanted, call);
      await running(scheduler, jobId);
      await until(
        'the trap',
        () => existsSync(wanted.logPath) && readFileSync(wanted.logPath, 'utf8') === 'up\n'
      );
      assert.equal(await scheduler.cancel(jobId, call), true);
      assert.equal((await end(scheduler, jobId)).state, 'cancelled');
      assert.equal(await scheduler.cancel(jobId, call), true, 'cancelled twice is still cancelled');
    });

    it(
      'ends a job that runs over its time, as a timeout',
      {
        skip: process.env['PANOSC_LONG'] !== '1' && 'a minute is the shortest limit: PANOSC_LONG=1'
      },
      async () => {
        const scheduler = under.open();
        const { jobId } = await scheduler.submit(
          job('#SBATCH --time=1\nsleep 600', { timeMinutes: 1 }),
          call
        );
        const status = await until(
          'the timeout',
          async () => {
            const now = await statusOf(scheduler, jobId);
            return now !== null && isFinished(now.state) ? now : null;
          },
          180_000
        );
        assert.equal(status.state, 'timeout');
      }
    );

    it('answers for many jobs at once, and leaves out what it does not know', async () => {
      const scheduler = under.open();
      const first = await scheduler.submit(job('true'), call);
      const second = await scheduler.submit(job('true'), call);
      const unknown = scheduler.features.partitions ? '999999999' : newId('j');
      const found = await scheduler.statuses([first.jobId, second.jobId, unknown], call);
      assert.deepEqual([...found.keys()].sort(), [first.jobId, second.jobId].sort());
      assert.equal((await scheduler.statuses([], call)).size, 0);
      assert.equal((await scheduler.statuses([unknown], call)).size, 0);
    });

    it('lists partitions and GPUs that fit its features', async () => {
      const scheduler = under.open();
      const partitions = await scheduler.partitions(call);
      assert.equal(partitions.length > 0, scheduler.features.partitions);
      assert.ok(partitions.filter(({ isDefault }) => isDefault).length <= 1);
      const gpus = await scheduler.accelerators(call);
      assert.ok(scheduler.features.accelerators || gpus.length === 0);
      for (const gpu of gpus) {
        assert.ok(gpu.free === null || (gpu.free >= 0 && gpu.free <= gpu.total));
        assert.ok(gpu.perNode <= gpu.total);
        assert.ok(partitions.some(partition => partition.name === gpu.partition));
      }
    });
  });
}
