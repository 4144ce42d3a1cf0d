import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Alice } from '../jobs/alice.ts';
import { startCluster, whyNoCluster, type Cluster } from '../support/cluster.ts';
import { until } from '../support/until.ts';

const skip = whyNoCluster() ?? false;
const isLong = process.env['PANOSC_LONG'] === '1';

// Each test waits for looks of the companion, five seconds apart, so they wait side by side.
describe('the life of a job on a real Slurm', { skip, concurrency: true }, () => {
  let cluster: Cluster;
  before(() => {
    cluster = startCluster();
  });
  after(async () => {
    await cluster.stop();
  });

  /** Alice with Slurm commands that note each call in a file `calls` before they do their work. */
  function noting(name: string): { alice: Alice; calls: (command: string) => number } {
    const bin = cluster.folder('alice', `${name}-bin`);
    const alice = new Alice(cluster, name, { cluster: { bin } });
    const log = path.join(bin, 'calls');
    writeFileSync(log, '');
    chmodSync(log, 0o666);
    for (const command of ['sbatch', 'squeue', 'sacct', 'scancel', 'sinfo', 'scontrol']) {
      alice.program(bin, command, `#!/bin/sh\necho ${command} >> ${log}\nexec ${command} "$@"\n`);
    }
    return {
      alice,
      calls: command =>
        readFileSync(log, 'utf8')
          .split('\n')
          .filter(line => line === command).length
    };
  }

  it('is followed by the next companion after a kill -9, also when it ended in between', async () => {
    const alice = new Alice(cluster, 'restart');
    await alice.start();
    const job = await alice.submit({
      name: 'restart',
      script: '#!/bin/bash\nwhile [ ! -e go ]; do sleep 0.1; done\nexit 9\n'
    });
    await alice.until(job.id, 'running', ({ state }) => state === 'running');
    await alice.stop('SIGKILL');
    writeFileSync(path.join(alice.home, 'go'), '');
    await until('its end in the cluster', () =>
      alice.queue().some(line => line.includes('|restart|') && line.endsWith('FAILED'))
    );
    await alice.start();
    const ended = await alice.until(job.id, 'its end', ({ state }) => state === 'failed');
    assert.equal(ended.exitCode, 9);
    await alice.stop();
  });

  it('goes back into the queue when Slurm puts it there, and its log goes on', async () => {
    const alice = new Alice(cluster, 'requeue');
    await alice.start();
    const job = await alice.submit({
      name: 'requeue',
      script:
        '#!/bin/bash\n#SBATCH --requeue\necho run ${SLURM_RESTART_COUNT:-0}\n[ "$SLURM_RESTART_COUNT" = 1 ] || sleep 300\n'
    });
    await alice.until(job.id, 'running', ({ state }) => state === 'running');
    const { code, stderr } = cluster.run('root', ['scontrol', 'requeuehold', job.jobId ?? '']);
    assert.equal(code, 0, stderr);
    const held = await alice.until(job.id, 'held', ({ state }) => state === 'queued');
    assert.notEqual(held.reason, null);
    assert.equal(held.exitCode, null);
    cluster.run('root', ['scontrol', 'release', job.jobId ?? '']);
    // Slurm lets a job that was put back wait two minutes.
    cluster.run('root', ['scontrol', 'update', `JobId=${job.jobId ?? ''}`, 'StartTime=now']);
    await alice.until(job.id, 'its end', ({ state }) => state === 'completed', 180_000);
    assert.equal((await alice.log(job.id)).text, 'run 0\nrun 1\n');
    await alice.stop();
  });

  it('is looked at together with all others: one squeue for twenty jobs', async () => {
    const { alice, calls } = noting('many');
    await alice.start();
    const jobs = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        alice.submit({ name: `many-${n}`, script: '#!/bin/bash\nsleep 300\n' })
      )
    );
    for (const { id } of jobs) {
      await alice.until(id, 'running', ({ state }) => state === 'running');
    }
    const before = calls('squeue');
    const seen = await alice.job(jobs[0]?.id ?? '');
    await alice.until(
      seen.id,
      'two more looks',
      ({ elapsedSeconds }) => (elapsedSeconds ?? 0) >= (seen.elapsedSeconds ?? 0) + 8
    );
    assert.ok(calls('squeue') - before <= 5, `${calls('squeue') - before} calls`);
    assert.equal(calls('sacct'), 0, 'nothing has ended');
    assert.equal(calls('sbatch'), 20);
    await alice.stop();
  });

  it('is found where sbatch is a wrapper that says more than the number', async () => {
    const { alice } = noting('banner');
    const bin = path.join(path.dirname(alice.home), 'alice-banner-bin');
    alice.program(bin, 'sbatch', '#!/bin/sh\necho Welcome to the cluster\nexec sbatch "$@"\n');
    await alice.start();
    const { body } = await alice.post({ name: 'banner' });
    await alice.until(body.id, 'its end', ({ state }) => state === 'completed');
    assert.equal(alice.queue().filter(line => line.includes('|banner|')).length, 1);
    await alice.stop();
  });

  it('is refused before it is written down where the folder cannot be written', async () => {
    const alice = new Alice(cluster, 'read-only');
    const workdir = path.join(alice.home, 'frozen');
    mkdirSync(workdir, { mode: 0o555 });
    await alice.start();
    const { body, status } = await alice.post({ name: 'read-only', workdir });
    assert.equal(status, 403);
    assert.equal(body.type, '/problems/target-not-writable');
    assert.ok(body.detail.includes(workdir));
    const long = await alice.post({ name: 'long', script: 'x'.repeat(1_000_001) });
    assert.equal(long.status, 400);
    const huge = await alice.post({ name: 'huge', script: 'x'.repeat(3_000_000) });
    assert.equal(huge.body.type, '/problems/body-too-large');
    assert.deepEqual(
      alice.queue().filter(line => /\|(read-only|long|huge)\|/.test(line)),
      []
    );
    await alice.stop();
  });

  it(
    'ends as "timeout" at its time limit',
    { skip: isLong ? false : 'takes two minutes; PANOSC_LONG=1 runs it' },
    async () => {
      const alice = new Alice(cluster, 'timeout');
      await alice.start();
      const job = await alice.submit({
        name: 'timeout',
        timeMinutes: 1,
        script: '#!/bin/bash\nsleep 600\n'
      });
      const ended = await alice.until(
        job.id,
        'its end',
        ({ state }) => state === 'timeout',
        240_000
      );
      assert.equal(ended.reason, 'it ran into its time limit');
      await alice.stop();
    }
  );
});
