import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { freeGpus } from '../../src/slurm/free-gpus.ts';
import { findInSubmitLines, isAccountingOff, parseSacct } from '../../src/slurm/sacct.ts';
import { parseJobGpus, parseNodes } from '../../src/slurm/scontrol.ts';
import { parseSinfo } from '../../src/slurm/sinfo.ts';
import { findInCommands, parseSqueue } from '../../src/slurm/squeue.ts';

const read = (name: string): string =>
  readFileSync(path.resolve(import.meta.dirname, '../fixtures/slurm-22.05', name), 'utf8');

describe('recorded answers of Slurm 22.05', () => {
  it('squeue: states, ends, exit codes and grants of all jobs in one answer', () => {
    const jobs = parseSqueue(read('squeue-states.txt'));
    const short = (id: string): unknown[] => {
      const job = jobs.get(id);
      return [job?.state, job?.exitCode, job?.gpusGranted, job?.timeLimitSeconds];
    };
    assert.deepEqual(short('16'), ['failed', 3, null, 3600]);
    assert.deepEqual(short('18'), ['failed', 137, null, 3600]);
    assert.deepEqual(short('24'), ['cancelled', 143, null, 3600]);
    assert.deepEqual(short('21'), ['running', null, 'a100 × 2', 3600]);
    assert.deepEqual(short('5'), ['queued', null, null, null]);
    assert.deepEqual(short('20'), ['queued', null, null, 365 * 86_400]);
    assert.equal(jobs.get('1')?.gpusAsked, 'a40 × 1');
    assert.equal(jobs.get('1')?.startedAt, null);
    assert.equal(jobs.get('9')?.reason, 'the partition is down');
    assert.equal(jobs.get('21')?.nodes, 'gpu3');
    assert.equal(jobs.get('21')?.endedAt, null, 'the end of a running job is a guess');
    assert.equal(jobs.get('24')?.endedAt, '2026-11-24T10:09:49.000Z');
    assert.equal(jobs.get('19')?.state, 'running', 'of an array one task runs and three wait');
  });

  it('sacct: the same jobs from the records', () => {
    const jobs = parseSacct(read('sacct-records.txt'));
    const cancelled = jobs.get('6');
    assert.equal(cancelled?.rawState, 'CANCELLED by 1001');
    assert.equal(cancelled.state, 'cancelled');
    assert.equal(cancelled.elapsedSeconds, 258);
    assert.equal(cancelled.gpusGranted, 'a40 × 2');
    assert.equal(jobs.get('10')?.exitCode, 3);
    assert.equal(jobs.get('18')?.exitCode, 137);
    assert.equal(jobs.get('12')?.nodes, null, '"None assigned" is no node');
    assert.equal(jobs.get('12')?.gpusAsked, 'a40 × 9');
    assert.equal(jobs.get('22')?.timeLimitSeconds, null);
    assert.equal(jobs.get('23')?.timeLimitSeconds, null, 'Partition_Limit');
    assert.equal(jobs.get('19')?.state, 'running');
    assert.equal(jobs.get('9')?.startedAt, null);
  });

  it('finds a job by the path of its script, in memory and in the records', () => {
    assert.equal(findInCommands(read('squeue-scripts.txt'), 'j_recorded'), '16');
    assert.equal(findInSubmitLines(read('sacct-lines.txt'), 'j_recorded'), '16');
    assert.equal(findInCommands(read('squeue-scripts.txt'), 'j_record'), null);
    assert.equal(findInSubmitLines(read('sacct-lines.txt'), 'recorded'), null);
  });

  it('sinfo and scontrol: what is free is what a new job can have', () => {
    const partitions = parseSinfo(read('partitions.txt'), 'c');
    const nodes = parseNodes(read('node-states.txt'));
    assert.equal(nodes.length, 7);
    assert.equal(nodes.find(({ name }) => name === 'gpu2')?.isHealthy, false);
    assert.deepEqual(
      freeGpus(partitions, nodes).map(({ free, partition, total, type }) => [
        partition,
        type,
        free,
        total
      ]),
      [
        ['gpu', 'a40', 4, 8],
        ['gpu', 'a100', 2, 4]
      ],
      'a drained node has nothing free, whatever its reason says'
    );
    assert.equal(partitions.find(({ name }) => name === 'maint')?.isUp, false);
  });

  it('reads what one job holds', () => {
    assert.equal(parseJobGpus(read('job-with-gpus.txt')), 'a100 × 2');
    assert.equal(parseJobGpus('JobId=1\n   JOB_GRES=(null)\n'), 'none');
    assert.equal(parseJobGpus('JobId=1 JobName=JOB_GRES=gpu:9\n'), null);
  });

  it('knows that a cluster keeps no records', () => {
    assert.ok(isAccountingOff('Slurm accounting storage is disabled\n'));
    assert.ok(!isAccountingOff('sacct: error: slurm_persist_conn_open failed'));
  });
});
