import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { JobRequest } from '#contract';
import type { CopyAs } from '../../contract/copy-as/command.ts';
import * as copyAs from '../../contract/copy-as/index.ts';
import { Alice } from '../jobs/alice.ts';
import { startCluster, whyNoCluster, type Cluster, type Ended } from '../support/cluster.ts';
import { until } from '../support/until.ts';
import { makePrograms } from './copy-as-demo.ts';

const skip = whyNoCluster() ?? false;

describe('commands of "Copy as" about jobs, on a real Slurm', { skip }, () => {
  let cluster: Cluster;
  let alice: Alice;
  let bin: string;
  let request: JobRequest;
  before(async () => {
    cluster = startCluster();
    alice = new Alice(cluster, 'copy as');
    await alice.start();
    bin = cluster.folder('alice', 'bin');
    makePrograms(bin);
    request = {
      name: 'hello',
      script: '#!/bin/bash\n# $(not) a `command`\necho "it\'s $((6 * 7)) in $PWD"\n',
      workdir: alice.home,
      partition: 'gpu',
      timeMinutes: 5,
      cpus: 1,
      memoryMB: 100,
      gpus: { type: 'a40', count: 1 },
      binds: [],
      comment: 'copied by hand'
    };
  });
  after(async () => {
    await alice.stop();
    await cluster.stop();
  });

  /** Runs it as it was pasted; it must succeed. */
  const run = ({ language, text }: CopyAs): Ended => {
    const program = language === 'python' ? ['python3', '-c', text] : ['sh', '-c', text];
    const ended = cluster.run(
      'alice',
      [
        'env',
        `PATH=${bin}:${process.env['PATH'] ?? ''}`,
        `PANOSC_SOCKET_FILE=${path.join(alice.companion.stateDir, 'companion.json')}`,
        ...program
      ],
      alice.home
    );
    assert.equal(ended.code, 0, `${text}\n${ended.stdout}\n${ended.stderr}`);
    return ended;
  };
  const named = (commands: readonly CopyAs[], label: string): CopyAs => {
    const found = commands.find(command => command.label === label);
    assert.ok(found !== undefined, `${label} is not offered`);
    return found;
  };
  /** Jobs like the form, whoever has submitted them. */
  const completed = (): string[] =>
    alice.queue().filter(row => row.endsWith('|hello|copied by hand|COMPLETED'));

  for (const label of ['sbatch', 'Python', 'jupyter panosc']) {
    it(`submits the form: ${label}`, async () => {
      const { script } = await alice.preview(request);
      const before = completed().length;
      run(named(copyAs.newJobCommands(request, script, true), label));
      await until('the end of the job', () => completed().length === before + 1);
    });
  }

  it('runs the form at once: srun', async t => {
    // The node calls srun back under the name of this machine, which a bare machine may not resolve.
    const plain = ['timeout', '15', 'srun', '--partition=gpu', '--ntasks=1', 'true'];
    if (cluster.run('alice', plain, alice.home).code !== 0) {
      t.skip('srun itself gets no answer on this machine');
      return;
    }
    const { script } = await alice.preview(request);
    const { stdout } = run(named(copyAs.newJobCommands(request, script, true), 'srun'));
    assert.equal(stdout, `it's 42 in ${alice.home}\n`);
  });

  it('follows a job, and cancels it', async () => {
    const held = { ...request, name: 'held', script: '#!/bin/bash\nexec sleep 600\n' };
    const { id } = await alice.submit(held);
    const job = await alice.until(id, 'its start', ({ state }) => state === 'running');
    const commands = copyAs.jobCommands(job, { isBatch: true, isFinished: false });
    const jobId = job.jobId ?? '';
    for (const label of ['jupyter panosc job', 'squeue', 'sacct']) {
      assert.ok(run(named(commands, label)).stdout.includes(jobId), label);
    }
    run(named(commands, 'tail'));
    run(named(commands, 'scancel'));
    const ended = await alice.until(id, 'its end', ({ state }) => state === 'cancelled');
    const later = copyAs.jobCommands(ended, { isBatch: true, isFinished: true });
    assert.match(run(named(later, 'sacct')).stdout, /CANCELLED/);
    run(named(later, 'jupyter panosc job … log'));
    assert.ok(!later.some(({ label }) => label === 'scancel' || label === 'squeue'));
  });

  it('cancels by the own command line', async () => {
    const held = { ...request, name: 'held', script: '#!/bin/bash\nexec sleep 600\n' };
    const job = await alice.submit(held);
    run(
      named(
        copyAs.jobCommands(job, { isBatch: true, isFinished: false }),
        'jupyter panosc job … cancel'
      )
    );
    await alice.until(job.id, 'its end', ({ state }) => state === 'cancelled');
  });

  it('asks for GPUs', () => {
    const { stdout } = run(named(copyAs.gpuCommands(true), 'sinfo'));
    assert.match(stdout, /gpu:a40:\d/);
    assert.match(run(named(copyAs.gpuCommands(true), 'jupyter panosc')).stdout, /a40/);
  });
});
