import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { AcceleratorList, PartitionList, Problem } from '#contract';
import { Alice, type Wish } from '../jobs/alice.ts';
import { startCluster, whyNoCluster, type Cluster } from '../support/cluster.ts';
import { until } from '../support/until.ts';

const skip = whyNoCluster() ?? false;

describe('jobs on a real Slurm, submitted by an ordinary user', { skip }, () => {
  let cluster: Cluster;
  let alice: Alice;
  before(async () => {
    cluster = startCluster();
    alice = new Alice(cluster, 'home');
    await alice.start();
  });
  after(async () => {
    await alice.stop();
    await cluster.stop();
  });

  it('lists partitions and GPUs as the cluster has them', async () => {
    const { body } = await alice.companion.ask<PartitionList>('GET', '/v1/jobs/partitions');
    assert.deepEqual(
      body.items.map(({ isDefault, isUp, maxMinutes, name, nodes }) => [
        name,
        isDefault,
        isUp,
        maxMinutes,
        nodes
      ]),
      [
        ['cpu', true, true, 2880, 4],
        ['gpu', false, true, 1440, 3],
        ['maint', false, false, 60, 1]
      ]
    );
    const gpus = await alice.companion.ask<AcceleratorList>('GET', '/v1/accelerators');
    assert.deepEqual(
      gpus.body.items.map(({ free, partition, perNode, total, type }) => [
        partition,
        type,
        free,
        total,
        perNode
      ]),
      [
        ['gpu', 'a40', 8, 8, 4],
        ['gpu', 'a100', 4, 4, 4]
      ]
    );
  });

  it('runs a GPU job as asked, shows its log while it runs, and how it ended', async () => {
    const job = await alice.submit({
      name: 'first-job',
      partition: 'gpu',
      gpus: { type: 'a40', count: 1 },
      comment: 'my own note: é | <b>',
      script: [
        '#!/bin/bash',
        'echo "device $CUDA_VISIBLE_DEVICES"',
        'echo grüße >&2',
        'while [ ! -e go ]; do sleep 0.1; done',
        'echo done > result.txt',
        'exit 7'
      ].join('\n'),
      result: 'result.txt'
    });
    const running = await alice.until(job.id, 'running', ({ state }) => state === 'running');
    assert.equal(running.gpus.asked, 'a40 × 1');
    assert.equal(running.gpus.granted, 'a40 × 1');
    assert.equal(running.problem, null);
    assert.match(running.nodes ?? '', /^gpu[12]$/);
    assert.equal(running.timeLimitSeconds, 300);
    assert.ok(Math.abs(Date.parse(running.startedAt ?? '') - Date.now()) < 120_000, 'times in UTC');

    const live = await until('a live log', async () => {
      const log = await alice.log(job.id);
      return log.text === '' ? null : log;
    });
    assert.match(live.text, /^device \d+\n$/);
    assert.equal(live.complete, false);
    const gpus = await alice.companion.ask<AcceleratorList>('GET', '/v1/accelerators');
    assert.ok(gpus.body.items.every(({ free, total }) => free !== null && free <= total));
    const row = alice.queue().find(line => line.startsWith(`${job.jobId ?? ''}|`));
    assert.equal(row, `${job.jobId ?? ''}|first-job|my own note: é | <b>|RUNNING`);

    writeFileSync(path.join(alice.home, 'go'), '');
    const ended = await alice.until(job.id, 'failed', ({ state }) => state === 'failed');
    assert.equal(ended.exitCode, 7);
    assert.equal(ended.reason, 'the script ended with an error');
    assert.equal(ended.gpus.granted, 'a40 × 1');
    assert.equal(ended.resultPath, path.join(alice.home, 'result.txt'));
    assert.ok((ended.elapsedSeconds ?? -1) >= 0);
    assert.ok(ended.endedAt !== null && ended.startedAt !== null);
    assert.equal((await alice.log(job.id, 'err')).text, 'grüße\n');
    assert.equal((await alice.log(job.id, 'out', live.next)).complete, true);
  });

  it('ends as completed, timeout by signal, or cancelled, and says which', async () => {
    const fine = await alice.submit({ name: 'fine' });
    const killed = await alice.submit({ name: 'killed', script: '#!/bin/bash\nkill -9 $$\n' });
    const long = await alice.submit({ name: 'long', script: '#!/bin/bash\nsleep 300\n' });
    await alice.until(long.id, 'running', ({ state }) => state === 'running');
    const cancelled = await alice.companion.ask<{ state: string }>(
      'POST',
      `/v1/jobs/${long.id}/cancel`
    );
    assert.equal(cancelled.status, 200);
    assert.ok(['cancelled', 'completing'].includes(cancelled.body.state), cancelled.body.state);
    await alice.until(long.id, 'cancelled', ({ state }) => state === 'cancelled');
    assert.match(alice.queue().find(line => line.includes('|long|')) ?? '', /CANCELLED$/);
    assert.equal(
      (await alice.until(fine.id, 'completed', ({ state }) => state === 'completed')).exitCode,
      0
    );
    assert.equal(
      (await alice.until(killed.id, 'failed', ({ state }) => state === 'failed')).exitCode,
      137
    );
    const again = await alice.companion.ask<Problem>('POST', `/v1/jobs/${long.id}/cancel`);
    assert.equal(again.body.type, '/problems/wrong-state');
  });

  it('says in one sentence why a job cannot be', async () => {
    const cases: [Wish, RegExp, string][] = [
      [{ partition: 'nowhere' }, /There is no partition "nowhere"/, '/problems/bad-job'],
      [{ timeMinutes: 5000 }, /cpu allows at most 2880 min/, '/problems/bad-job'],
      [{ cpus: 33 }, /more than 32 CPUs/, '/problems/bad-job'],
      [{ memoryMB: 128_001 }, /more than 128000 MB/, '/problems/bad-job']
    ];
    for (const [wish, sentence, type] of cases) {
      const { body, status } = await alice.post(wish);
      assert.equal(status, 422, JSON.stringify(wish));
      assert.match(body.detail, sentence);
      assert.equal(body.type, type);
    }
    // These only Slurm knows. The job stays in the list, refused, with Slurm's own sentence.
    const refused: [Wish, RegExp][] = [
      [{ partition: 'gpu', gpus: { type: 'h100', count: 1 } }, /configuration is not available/],
      [{ account: 'not-mine' }, /Invalid account/]
    ];
    for (const [wish, sentence] of refused) {
      const { body } = await alice.post(wish);
      assert.equal(body.state, 'refused', JSON.stringify(body));
      assert.equal(body.problem?.type, '/problems/job-refused');
      assert.match(body.problem?.detail ?? '', sentence);
      assert.ok(!/sbatch:|error:|\n/.test(body.problem?.detail ?? ''), body.problem?.detail);
    }
  });

  it('warns of a partition that is down, and says what a waiting job waits for', async () => {
    const preview = await alice.preview({ partition: 'maint' });
    assert.deepEqual(
      preview.findings.map(({ field, severity }) => [field, severity]),
      [['partition', 'warning']]
    );
    const down = await alice.submit({ name: 'down', partition: 'maint' });
    const hog = (count: number): Promise<{ id: string }> =>
      alice.submit({
        name: `hog-${count}`,
        partition: 'gpu',
        gpus: { type: 'a40', count },
        script: '#!/bin/bash\nsleep 300\n'
      });
    const first = await hog(4);
    const tooMany = await hog(3);
    const words = async (id: string): Promise<string> =>
      (await alice.until(id, 'a reason', ({ reason }) => reason !== null)).reason ?? '';
    assert.match(await words(tooMany.id), /as many GPUs as one person may have/);
    assert.match(await words(down.id), /partition is down/);
    const waiting = await alice.job(tooMany.id);
    assert.equal(waiting.state, 'queued');
    assert.equal(waiting.startedAt, null);
    assert.equal(waiting.gpus.granted, null, 'a wish is not a grant');
    for (const { id } of [tooMany, first, down]) {
      const { body, status } = await alice.companion.ask('POST', `/v1/jobs/${id}/cancel`);
      assert.equal(status, 200, JSON.stringify(body));
    }
  });

  it('takes awkward names, and keeps the directives that a person wrote', async () => {
    const folder = path.join(alice.home, 'ein Ordner %j é $(touch pwned) ;x');
    const job = await alice.submit({
      name: 'a+b@c_1.2-3',
      account: 'prop-2025-0042',
      workdir: folder,
      comment: 'ü|; & (no) <br> %j ~ *',
      script: [
        '#!/bin/bash',
        '#SBATCH --cpus-per-task=3',
        '  # an indented note, which ends nothing',
        '#SBATCH --constraint=cpu',
        '#SBATCH --time=1-00:00:00',
        'pwd; echo "$SLURM_CPUS_PER_TASK $SLURM_JOB_ACCOUNT"'
      ].join('\n')
    });
    const ended = await alice.until(job.id, 'its end', ({ state }) => state === 'completed');
    assert.equal((await alice.log(job.id)).text, `${folder}\n3 prop-2025-0042\n`);
    assert.equal(ended.timeLimitSeconds, 300, 'the form counts');
    assert.ok(!existsSync(path.join(folder, 'pwned')) && !existsSync('/pwned'));
    const [, , comment] =
      /^\d+\|([^|]*)\|(.*)\|[A-Z]+$/.exec(
        alice.queue().find(line => line.startsWith(`${job.jobId ?? ''}|`)) ?? ''
      ) ?? [];
    assert.equal(comment, 'ü|; & (no) <br> %j ~ *');
  });

  it('refuses what could be read as something else, names the field, and puts nothing into the queue', async () => {
    const before = alice.queue().length;
    const evil = [
      'x\n#SBATCH --account=root',
      'x\r#SBATCH --uid=0',
      '$(touch /tmp/pwned)',
      '`id`',
      "a'b",
      'a"b',
      'a\\',
      'x #y',
      'x\u0000y'
    ];
    const cases: [string, Wish][] = [
      ...[...evil, '-rf', '--wrap=id', 'a b', ''].flatMap((text): [string, Wish][] => [
        ['name', { name: text }],
        ['partition', { partition: text }],
        ['account', { account: text }],
        ['gpus', { partition: 'gpu', gpus: { type: text, count: 1 } }]
      ]),
      ...evil.map((text): [string, Wish] => ['comment', { comment: text }]),
      ...["/home/it's", '/a\n#SBATCH -A x', 'relative', '/etc', `${alice.home}/../x`].map(
        (folder): [string, Wish] => ['workdir', { workdir: folder }]
      ),
      ...['/etc', '/', `${alice.home}/a:/b`, `${alice.home}/a,/etc:/etc`, `${alice.home}/..`].map(
        (folder): [string, Wish] => ['binds.0', { binds: [{ path: folder }] }]
      ),
      ...['../x', '/etc/passwd', 'a\nb'].map((text): [string, Wish] => [
        'result',
        { result: text }
      ]),
      ['image', { image: 'not.listed.example:/x.sif' }],
      ['image', { image: '/etc/passwd' }],
      ['script', { script: '#!/bin/bash\r\necho\r\n' }],
      ['script', { script: '#!/bin/bash\necho \u0000\n' }]
    ];
    for (const [field, wish] of cases) {
      const { body, status } = await alice.post(wish);
      const shown = `${JSON.stringify(wish)}: ${JSON.stringify(body)}`;
      assert.ok(status === 422 || status === 400, shown);
      if (status === 422) {
        assert.equal(body.type, '/problems/bad-job', shown);
        assert.equal(body.extra?.['field'], field, shown);
      }
    }
    assert.equal(alice.queue().length, before);
    assert.ok(!existsSync('/tmp/pwned'));
  });

  it('makes one job of one key, however often it is sent', async () => {
    const key = 'the-same-key';
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => alice.post({ name: 'once' }, key))
    );
    assert.equal(new Set(answers.map(({ body }) => body.id)).size, 1);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 200, 200, 200, 202]);
    const id = answers[0]?.body.id ?? '';
    await alice.until(id, 'its number', ({ jobId }) => jobId !== null);
    assert.equal(alice.queue().filter(line => line.includes('|once|')).length, 1);
    const other = await alice.post({ name: 'another' }, key);
    assert.equal(other.body.type, '/problems/key-reused');
  });

  it('counts an array as one job that runs until its last task has ended', async () => {
    const job = await alice.submit({
      name: 'array',
      script:
        '#!/bin/bash\n#SBATCH --array=1-3\n[ $SLURM_ARRAY_TASK_ID != 2 ] || exit 0\nwhile [ ! -e go-array ]; do sleep 0.1; done\n[ $SLURM_ARRAY_TASK_ID != 3 ] || exit 5\n'
    });
    await until('a task that has ended', () =>
      alice.queue().some(line => line.includes('|array|') && line.endsWith('COMPLETED'))
    );
    // Two looks of the companion: it must not take the ended task for the job.
    const { updatedAt } = await alice.until(job.id, 'running', ({ state }) => state === 'running');
    await alice.until(job.id, 'another look', now => now.updatedAt > updatedAt);
    assert.equal((await alice.job(job.id)).state, 'running');
    writeFileSync(path.join(alice.home, 'go-array'), '');
    const ended = await alice.until(job.id, 'its end', ({ state }) => state === 'failed');
    assert.equal(ended.exitCode, 5);
  });

  it('keeps the exact script that ran', async () => {
    const job = await alice.submit({ name: 'kept', script: 'echo no shebang' });
    const { body } = await alice.companion.ask<{ script: string }>('GET', `/v1/jobs/${job.id}`);
    const file = path.join(alice.home, '.panosc', job.id, 'script.sh');
    assert.equal(body.script, readFileSync(file, 'utf8'));
    assert.match(body.script, /^#!\/bin\/bash\n#SBATCH --job-name=kept\n/);
  });
});
