import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { JobState } from '#contract';
import { freeGpus } from '../../src/slurm/free-gpus.ts';
import { findInSubmitLines, parseSacct } from '../../src/slurm/sacct.ts';
import { parseSbatch, sbatchArgv } from '../../src/slurm/sbatch.ts';
import { isAlreadyGone } from '../../src/slurm/scancel.ts';
import { parseJobGpus, parseNodes } from '../../src/slurm/scontrol.ts';
import { parseSinfo } from '../../src/slurm/sinfo.ts';
import {
  exitCodeOfWait,
  isUnreachable,
  slurmDuration,
  slurmSays,
  slurmTime
} from '../../src/slurm/slurm.ts';
import { findInCommands, parseSqueue } from '../../src/slurm/squeue.ts';
import { mergeTasks, reasonWords, stateOf } from '../../src/slurm/states.ts';
import { gpusOfGres, gpusOfTres, gpuWords } from '../../src/slurm/tres.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: fc.constantFrom('|', '\n', '=', ' ', ',', ':', '1', 'gpu', 'A', '_', '(') })
);
const jobId = fc.integer({ min: 1, max: 4_000_000_000 }).map(String);
const lineText = fc.string({ maxLength: 60 }).map(text => text.replaceAll('\n', ' '));
const gpuType = fc.stringMatching(/^[a-z][a-z0-9_.-]{0,12}$/);

describe('parsers of Slurm answers', () => {
  it('survive any text, and say only what the contract knows', () => {
    fc.assert(
      fc.property(anyText, text => {
        for (const jobs of [parseSqueue(text), parseSacct(text)]) {
          for (const [id, job] of jobs) {
            assert.match(id, /^\d+$/);
            assert.ok(JobState.options.includes(job.state));
            assert.ok(
              job.exitCode === null || (job.exitCode >= 0 && Number.isInteger(job.exitCode))
            );
          }
        }
        parseNodes(text);
        parseSinfo(text, 'c');
        parseJobGpus(text);
        slurmDuration(text);
        assert.ok(slurmSays(text).length <= 300);
        assert.ok(!/[\n\r\0]/.test(slurmSays(text)));
        const time = slurmTime(text);
        assert.ok(time === null || time.endsWith('Z'));
      })
    );
  });

  it('take the reason as the last field, with bars in it, and never as another job', () => {
    fc.assert(
      fc.property(jobId, lineText, (id, reason) => {
        const row = `${id}|PENDING|gpu|2026-11-24T10:09:46|N/A|N/A|0:00|5:00||0|cpu=1,gres/gpu:a40=2|${reason}|`;
        const jobs = parseSqueue(`${row}\n`);
        assert.deepEqual([...jobs.keys()], [id]);
        assert.equal(jobs.get(id)?.state, 'queued');
        assert.equal(jobs.get(id)?.gpusAsked, 'a40 × 2');
        assert.equal(jobs.get(id)?.gpusGranted, null);
      })
    );
  });

  it('find the key in a command with any characters around it', () => {
    fc.assert(
      fc.property(jobId, lineText, lineText, (id, before, after) => {
        const command = `/d/${before}/.panosc/j_k1/script.sh ${after}`;
        assert.equal(findInCommands(`7|/x/j_k2/script.sh\n${id}|${command}\n`, 'j_k1'), id);
        assert.equal(findInSubmitLines(`7|sbatch x\n${id}|sbatch ${command}\n`, 'j_k1'), id);
        assert.equal(findInSubmitLines(`${id}_[1-3]|sbatch ${command}\n`, 'j_k1'), id);
      })
    );
  });

  it('read GPUs that they wrote, whatever the types are called', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(gpuType, fc.integer({ min: 1, max: 64 })), {
          selector: ([type]) => type,
          maxLength: 4
        }),
        gpus => {
          const sum = gpus.reduce((total, [, count]) => total + count, 0);
          const tres = [
            'cpu=4',
            'mem=8G',
            ...(sum > 0 ? [`gres/gpu=${sum}`] : []),
            ...gpus.map(([type, count]) => `gres/gpu:${type}=${count}`)
          ].join(',');
          assert.deepEqual(gpusOfTres(tres), new Map(gpus));
          const gres = gpus.map(([type, count]) => `gpu:${type}:${count}(S:0-1,3)`).join(',');
          assert.deepEqual(gpusOfGres(gres), new Map(gpus));
          assert.equal(gpuWords(new Map(gpus)) === null, sum === 0);
        }
      )
    );
    assert.deepEqual(gpusOfGres('gpu:4(S:0-1),nvme:1'), new Map([['gpu', 4]]));
    assert.deepEqual(
      gpusOfGres('gpu:1g.5gb:7,gpu:a100:1'),
      new Map([
        ['1g.5gb', 7],
        ['a100', 1]
      ])
    );
    assert.deepEqual(
      gpusOfTres('gres/gpu=4,gres/gpu:a40=3'),
      new Map([
        ['a40', 3],
        ['gpu', 1]
      ])
    );
  });

  it('read times: days, hours, and what is not said', () => {
    fc.assert(
      fc.property(
        fc.nat(400),
        fc.nat(23),
        fc.nat(59),
        fc.nat(59),
        (days, hours, minutes, seconds) => {
          const two = (n: number): string => String(n).padStart(2, '0');
          const text = `${days}-${two(hours)}:${two(minutes)}:${two(seconds)}`;
          assert.equal(slurmDuration(text), ((days * 24 + hours) * 60 + minutes) * 60 + seconds);
        }
      )
    );
    for (const text of ['UNLIMITED', 'NOT_SET', 'INVALID', 'N/A', '', '5', undefined]) {
      assert.equal(slurmDuration(text), null);
    }
    assert.equal(slurmDuration('0:05'), 5);
    for (const text of ['N/A', 'Unknown', 'None', '']) {
      assert.equal(slurmTime(text), null);
    }
  });

  it('read wait statuses', () => {
    assert.deepEqual([0, 768, 256, 9, 15, 32_512, null].map(exitCodeOfWait), [
      0,
      3,
      1,
      137,
      143,
      127,
      null
    ]);
  });

  it('turn states with flags and people into ours, and keep unknown ones visible', () => {
    assert.equal(stateOf('CANCELLED by 1001'), 'cancelled');
    assert.equal(stateOf('COMPLETED'), 'completed');
    assert.equal(stateOf('OUT_OF_MEMORY'), 'out-of-memory');
    assert.equal(stateOf('SOMETHING_NEW'), 'unknown');
    assert.equal(reasonWords('None'), null);
    assert.equal(reasonWords('(Resources)'), 'it is next, and waits for free resources');
    assert.equal(reasonWords('NewReason\u0007'), 'NewReason');
  });

  it('make one job of an array: what runs speaks for it, then what waits, then the worst end', () => {
    const rows = ['COMPLETED', 'FAILED', 'PENDING', 'RUNNING'].map(
      (state, index) =>
        `5|${state}|cpu|2026-11-24T10:00:00|2026-11-24T10:0${index}:00|N/A|0:05|5:00|cpu1|0|cpu=1|None|`
    );
    const stateOfRows = (wanted: readonly number[]): string | undefined =>
      parseSqueue(wanted.map(index => rows[index]).join('\n')).get('5')?.state;
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3], { minLength: 1 }), wanted => {
        const expected = wanted.includes(3)
          ? 'running'
          : wanted.includes(2)
            ? 'queued'
            : wanted.includes(1)
              ? 'failed'
              : 'completed';
        assert.equal(stateOfRows(wanted), expected);
      })
    );
    const [first] = parseSqueue(rows[0] ?? '').values();
    assert.ok(first !== undefined);
    assert.equal(mergeTasks(undefined, first), first);
  });
});

describe('nodes', () => {
  it('are not described by what an administrator wrote about them', () => {
    const [node] = parseNodes('NodeName=n State=IDLE Reason=x Gres=gpu:h100:9 Partitions=gpu\n');
    assert.equal(node?.gres, '');
    assert.deepEqual(node?.partitions, []);
  });
});

describe('free GPUs', () => {
  const partition = parseSinfo('gpu*|up|1:00:00|8|1000|1\n', 'c');
  const node = (more: string): string =>
    `NodeName=n CPUAlloc=2 CPUTot=8 Gres=gpu:a40:4 GresUsed=gpu:a40:1(IDX:0) RealMemory=1000 AllocMem=100 ${more} Partitions=gpu`;

  it('are the least of GPUs, CPUs and memory, on a node that takes jobs', () => {
    const free = (text: string): number | null | undefined =>
      freeGpus(partition, parseNodes(text))[0]?.free;
    assert.equal(free(node('State=MIXED')), 3);
    for (const state of [
      'DOWN',
      'DOWN*',
      'IDLE*',
      'IDLE+DRAIN',
      'MIXED+DRAIN',
      'MIXED+MAINT',
      'IDLE+RESERVED',
      'IDLE+NOT_RESPONDING',
      'IDLE+POWERED_DOWN',
      'UNKNOWN'
    ]) {
      assert.equal(free(node(`State=${state}`)), 0, state);
    }
    assert.equal(free(node('State=MIXED').replace('CPUAlloc=2', 'CPUAlloc=7')), 1);
    assert.equal(free(node('State=ALLOCATED').replace('CPUAlloc=2', 'CPUAlloc=8')), 0);
    assert.equal(free(node('State=MIXED').replace('AllocMem=100', 'AllocMem=1000')), 0);
  });

  it('of a partition that is down are none', () => {
    const down = parseSinfo('gpu*|down|1:00:00|8|1000|1\n', 'c');
    assert.deepEqual(
      freeGpus(down, parseNodes(node('State=IDLE'))).map(({ free, isUp }) => [free, isUp]),
      [[0, false]]
    );
  });
});

describe('sbatch', () => {
  const job = {
    key: 'j_k',
    name: 'n',
    scriptPath: '/d/100%j/.panosc/j_k/script.sh',
    workdir: '/d/100%j',
    logPath: '/d/100%j/.panosc/j_k/job.out',
    partition: null,
    account: null,
    timeMinutes: null,
    cpus: null,
    memoryMB: null,
    gpus: null,
    comment: null
  };

  it('keeps % in paths literal where sbatch reads patterns, and only there', () => {
    const argv = sbatchArgv(job);
    assert.ok(argv.includes('--output=/d/100%%j/.panosc/j_k/job.out'));
    assert.ok(argv.includes('--error=/d/100%%j/.panosc/j_k/job.err'));
    assert.ok(argv.includes('--chdir=/d/100%j'));
    assert.equal(argv.at(-1), job.scriptPath);
  });

  it('reads the number, with and without a cluster, and nothing else', () => {
    assert.equal(parseSbatch('12\n'), '12');
    assert.equal(parseSbatch('12;big.cluster\n'), '12');
    for (const text of ['', 'Submitted batch job 12', '12\n13\n', '-1', 'x12']) {
      assert.equal(parseSbatch(text), null, text);
    }
  });

  it('turns what Slurm writes into one sentence', () => {
    assert.equal(
      slurmSays(
        'sbatch: error: invalid partition specified: nope\nsbatch: error: Batch job submission failed: Invalid partition name specified\n'
      ),
      'invalid partition specified: nope; Invalid partition name specified'
    );
    assert.equal(
      slurmSays('sbatch: unrecognized option \'--x\'\nTry "sbatch --help" for more information\n'),
      "unrecognized option '--x'"
    );
    assert.ok(
      isUnreachable('slurm_load_jobs error: Unable to contact slurm controller (connect failure)')
    );
    assert.ok(
      isUnreachable(
        'sbatch: error: Batch job submission failed: Socket timed out on send/recv operation'
      )
    );
    assert.ok(!isUnreachable('sbatch: error: Batch job submission failed: Invalid account'));
    assert.ok(isAlreadyGone('slurm_load_jobs error: Invalid job id specified'));
    assert.ok(
      !isAlreadyGone('scancel: error: Kill job error on job id 1: Access/permission denied')
    );
  });
});
