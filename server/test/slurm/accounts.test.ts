import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { CallContext } from '../../src/core/call-context.ts';
import { problem } from '../../src/core/problem.ts';
import { judgeStanding, lookAtAccounts } from '../../src/jobs/checks.ts';
import type { Standing } from '../../src/jobs/port.ts';
import { parseAccess, parseConfig, type SlurmConfig } from '../../src/slurm/scontrol.ts';
import { associationsArgv, parseAssociations, standingOf } from '../../src/slurm/sacctmgr.ts';
import { testCall } from '../support/test-call.ts';

const read = (name: string): string =>
  readFileSync(path.resolve(import.meta.dirname, '../fixtures/slurm-22.05', name), 'utf8');
const config: SlurmConfig = {
  clusterName: 'testcluster',
  hasRecords: true,
  needsAccount: true,
  minJobAgeSeconds: 300
};
const partition = (name: string, more: object = {}) => ({
  name,
  isUp: true,
  allowed: null,
  denied: [],
  ...more
});

describe('accounts of a person on Slurm', () => {
  it('asks for one person on one cluster, and can change nothing', () => {
    assert.deepEqual(associationsArgv('alice', 'testcluster'), [
      'sacctmgr',
      '--readonly',
      '--noheader',
      '--parsable2',
      'show',
      'associations',
      'user=alice',
      'cluster=testcluster',
      'format=User,Account,Partition'
    ]);
  });

  it('reads the settings that decide, as scontrol prints them', () => {
    assert.deepEqual(parseConfig(read('config.txt')), config);
    const off = read('config.txt')
      .replace('accounting_storage/slurmdbd', 'accounting_storage/none')
      .replace('associations,limits,qos', 'none');
    assert.equal(parseConfig(off).hasRecords, false);
    assert.equal(parseConfig(off).needsAccount, false);
    for (const [words, needs] of [
      ['limits', true],
      ['qos,safe', true],
      ['nojobs,nosteps', false],
      ['all', true]
    ] as const) {
      const text = read('config.txt').replace('associations,limits,qos', words);
      assert.equal(parseConfig(text).needsAccount, needs, words);
    }
  });

  it('reads which accounts a partition takes, as scontrol prints them', () => {
    assert.deepEqual(parseAccess(read('partition-access.txt')), [
      { name: 'cpu', isUp: true, allowed: ['prop-2025-0042'], denied: [] },
      { name: 'gpu', isUp: true, allowed: null, denied: ['pan', 'prop-2025-0042'] },
      { name: 'maint', isUp: false, allowed: null, denied: [] }
    ]);
  });

  it('reads rows of sacctmgr, and never those of somebody else', () => {
    const rows = 'alice|pan|\nalice|prop-2025-0042|cpu\nbob|secret|\n\nnonsense\n';
    assert.deepEqual(parseAssociations(rows, 'alice'), [
      { account: 'pan', partition: null },
      { account: 'prop-2025-0042', partition: 'cpu' }
    ]);
    fc.assert(
      fc.property(fc.string(), text => {
        assert.ok(parseAssociations(text, 'alice').every(({ account }) => account !== ''));
      })
    );
  });

  it('puts them together: an account, its partition, and what the partition takes', () => {
    const standing = standingOf(
      'alice',
      config,
      [
        { account: 'pan', partition: 'cpu' },
        { account: 'beamtime', partition: null }
      ],
      [
        partition('cpu'),
        partition('gpu'),
        partition('others', { allowed: ['physics'] }),
        partition('pan-only', { allowed: ['pan'] }),
        partition('banned', { denied: ['beamtime'] }),
        partition('down', { isUp: false, allowed: ['physics'] })
      ]
    );
    assert.deepEqual(standing.accounts, ['pan', 'beamtime']);
    assert.deepEqual(standing.closedPartitions, ['others', 'pan-only', 'banned']);
  });

  it('does not call accounts broken that could not be asked for', async () => {
    const silent = {
      title: 'HPC',
      standing: ({ signal }: CallContext) =>
        new Promise<null>((_, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error))
        )
    };
    assert.deepEqual(await lookAtAccounts(silent, testCall(), 20), {
      state: 'unknown',
      text: 'Not checked: the cluster does not say in time which accounts you have.'
    });
    const missing = {
      title: 'HPC',
      standing: () => Promise.reject(problem('scheduler-missing', 'There is no "sacctmgr" here.'))
    };
    assert.deepEqual(await lookAtAccounts(missing, testCall()), {
      state: 'unknown',
      text: 'Not checked: There is no "sacctmgr" here.'
    });
  });

  it('says each case in a sentence with a cure', () => {
    const standing: Standing = {
      person: 'alice',
      hasRecords: true,
      needsAccount: true,
      forgetsAfterSeconds: 300,
      accounts: ['pan'],
      closedPartitions: []
    };
    const judge = (more: Partial<Standing>) => judgeStanding('HPC', { ...standing, ...more });
    assert.deepEqual(judge({}), { state: 'ok', text: 'Accounts of "alice": pan.' });
    const none = judge({ accounts: [] });
    assert.equal(none.state, 'failed');
    assert.equal(none.text, '"alice" has no account on HPC: Slurm would refuse every job.');
    assert.match(none.cure ?? '', /^Ask the administrators of HPC to add you/);
    assert.equal(judge({ accounts: [], needsAccount: false }).state, 'warning');
    const closed = judge({ closedPartitions: ['gpu', 'long'] });
    assert.equal(closed.state, 'warning');
    assert.match(closed.text, /take jobs from none of them: gpu, long\.$/);
    const off = judge({ hasRecords: false, accounts: [] });
    assert.equal(off.state, 'warning');
    assert.match(off.text, /keeps no accounts.*forgotten 5 min after their end/);
  });
});
