import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Job, Page, Problem } from '#contract';
import { Alice } from '../jobs/alice.ts';
import { startCluster, whyNoCluster, type Cluster } from '../support/cluster.ts';
import { until } from '../support/until.ts';

const skip = whyNoCluster() ?? false;
const commands = ['sbatch', 'squeue', 'sacct', 'scancel', 'sinfo', 'scontrol'];

// Most of each test is waiting for time limits of the product, so they wait side by side.
describe('a real Slurm in trouble', { skip, concurrency: true }, () => {
  let cluster: Cluster;
  before(() => {
    cluster = startCluster();
  });
  after(async () => {
    await cluster.stop();
  });

  /** Alice with a folder of Slurm commands, each of which a test may replace. */
  function withCommands(
    name: string,
    replaced: Readonly<Record<string, string>>
  ): { alice: Alice; bin: string } {
    const bin = cluster.folder('alice', `${name}-bin`);
    const alice = new Alice(cluster, name, { cluster: { bin } });
    for (const command of commands) {
      alice.program(bin, command, replaced[command] ?? `#!/bin/sh\nexec ${command} "$@"\n`);
    }
    return { alice, bin };
  }

  async function onlyJob(alice: Alice): Promise<Job> {
    const { body } = await alice.companion.ask<Page<Job>>('GET', '/v1/jobs');
    const [job] = body.items;
    assert.ok(job !== undefined && body.items.length === 1);
    return job;
  }

  it('finds a job whose submission was answered to nobody, and does not submit it again', async () => {
    // Slurm has the job, then companion and sbatch are killed at once: nobody heard the number.
    const { alice, bin } = withCommands('killed', {});
    const marker = path.join(alice.home, 'submitted');
    alice.program(
      bin,
      'sbatch',
      `#!/bin/sh\nsbatch "$@" > ${alice.home}/answer\necho $$ >> ${marker}\nsleep 60\n`
    );
    await alice.start();
    const asked = alice.post(
      { name: 'killed', script: '#!/bin/bash\nsleep 20\n' },
      'key-of-killed'
    );
    asked.catch(() => undefined);
    await until('the job in the cluster', () => existsSync(marker));
    await alice.stop('SIGKILL');
    await assert.rejects(asked);
    process.kill(Number(readFileSync(marker, 'utf8')), 'SIGKILL');
    const number = readFileSync(path.join(alice.home, 'answer'), 'utf8').trim();

    await alice.start();
    const { id } = await onlyJob(alice);
    const found = await alice.until(id, 'its number', ({ jobId }) => jobId !== null);
    assert.equal(found.jobId, number);
    assert.equal(found.problem, null);
    const again = await alice.post(
      { name: 'killed', script: '#!/bin/bash\nsleep 20\n' },
      'key-of-killed'
    );
    assert.equal(again.body.id, id);
    assert.equal(alice.queue().filter(line => line.includes('|killed|')).length, 1);
    assert.equal(readFileSync(marker, 'utf8').trim().split('\n').length, 1);
    await alice.companion.ask('POST', `/v1/jobs/${id}/cancel`);
    await alice.stop();
  });

  it('finds it in the accounting when the queue has forgotten it', async () => {
    const { alice, bin } = withCommands('forgotten', {});
    const marker = path.join(alice.home, 'submitted');
    alice.program(bin, 'sbatch', `#!/bin/sh\nsbatch "$@"\ntouch ${marker}\nsleep 60\n`);
    await alice.start();
    const asked = alice.post({ name: 'forgotten', script: '#!/bin/bash\nexit 4\n' });
    asked.catch(() => undefined);
    await until('the job in the cluster', () => existsSync(marker));
    await alice.stop('SIGKILL');
    await until('the end of the job in the accounting', () =>
      cluster
        .run('alice', ['sacct', '--noheader', '--parsable2', '-X', '--format=State,ExitCode'])
        .stdout.includes('FAILED|4:0')
    );
    // MinJobAge has passed: squeue knows nothing.
    alice.program(bin, 'squeue', '#!/bin/sh\nexit 0\n');
    await alice.start();
    const { id } = await onlyJob(alice);
    const ended = await alice.until(id, 'its end', ({ state }) => state === 'failed');
    assert.equal(ended.exitCode, 4);
    assert.ok(ended.endedAt !== null && ended.submittedAt !== null);
    await alice.stop();
  });

  it('shows a job as "submitting" when sbatch hangs, and takes it up when sbatch works again', async () => {
    const { alice, bin } = withCommands('hanging', { sbatch: '#!/bin/sh\nexec sleep 1000\n' });
    await alice.start();
    const { body, status } = await alice.post({ name: 'hanging' });
    assert.equal(status, 202);
    assert.equal(body.state, 'submitting');
    assert.equal(body.jobId, null);
    // Cancelled while nobody knows: it must not appear later.
    const cancelling = alice.companion.ask<Problem & Job>('POST', `/v1/jobs/${body.id}/cancel`);
    alice.program(bin, 'sbatch', '#!/bin/sh\nexec sbatch "$@"\n');
    const answer = await cancelling;
    assert.ok(
      answer.body.type === '/problems/cancel-not-confirmed' || answer.body.state === 'cancelled',
      JSON.stringify(answer.body)
    );
    await alice.until(body.id, 'cancelled', ({ state }) => state === 'cancelled', 120_000);
    assert.ok(!alice.queue().some(line => line.includes('|hanging|')));
    await alice.stop();
  });

  it('keeps a running job, with a sentence, while Slurm does not answer', async () => {
    const { alice, bin } = withCommands('silent', {});
    await alice.start();
    const job = await alice.submit({ name: 'silent', script: '#!/bin/bash\nsleep 300\n' });
    await alice.until(job.id, 'running', ({ state }) => state === 'running');
    alice.program(
      bin,
      'squeue',
      '#!/bin/sh\necho "slurm_load_jobs error: Unable to contact slurm controller (connect failure)" >&2\nexit 1\n'
    );
    const silent = await alice.until(job.id, 'a sentence', ({ problem }) => problem !== null);
    assert.equal(silent.state, 'running');
    assert.equal(silent.problem?.type, '/problems/scheduler-slow');
    assert.match(silent.problem?.detail ?? '', /^[^\n]+\.$/);
    alice.program(bin, 'squeue', '#!/bin/sh\nexec squeue "$@"\n');
    const { status } = await alice.companion.ask('POST', `/v1/jobs/${job.id}/cancel`);
    assert.equal(status, 200);
    const ended = await alice.until(job.id, 'cancelled', ({ state }) => state === 'cancelled');
    assert.equal(ended.problem, null);
    await alice.stop();
  });

  it('says that Slurm is missing where its commands are', async () => {
    const { alice, bin } = withCommands('missing', {});
    rmSync(bin, { recursive: true });
    mkdirSync(bin);
    await alice.start();
    for (const target of ['/v1/accelerators', '/v1/jobs/partitions']) {
      const { body } = await alice.companion.ask<Problem>('GET', target);
      assert.equal(body.type, '/problems/scheduler-missing', target);
      assert.match(body.detail, /sinfo/);
    }
    const { body } = await alice.post({ name: 'missing' });
    assert.equal(body.state, 'refused', JSON.stringify(body));
    assert.equal(body.problem?.type, '/problems/scheduler-missing');
    await alice.stop();
  });

  it('submits what was written down but never handed over', async () => {
    // sbatch dies before it reaches the controller, with the companion.
    const { alice, bin } = withCommands('never', {});
    const marker = path.join(alice.home, 'called');
    alice.program(bin, 'sbatch', `#!/bin/sh\ntouch ${marker}\nexec sleep 60\n`);
    await alice.start();
    const asked = alice.post({ name: 'never' });
    asked.catch(() => undefined);
    await until('the call', () => existsSync(marker));
    await alice.stop('SIGKILL');
    alice.program(bin, 'sbatch', '#!/bin/sh\nexec sbatch "$@"\n');
    await alice.start();
    const { id } = await onlyJob(alice);
    await alice.until(id, 'its end', ({ state }) => state === 'completed', 120_000);
    assert.equal(alice.queue().filter(line => line.includes('|never|')).length, 1);
    writeFileSync(marker, '');
    await alice.stop();
  });
});
