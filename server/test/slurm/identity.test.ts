import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { ClusterProfile } from '../../src/facility/profile.ts';
import { SlurmCli } from '../../src/jobs/adapters/slurm-cli.ts';
import { tempDir } from '../support/temp-dir.ts';
import { testCall } from '../support/test-call.ts';

it('field request 7: whose jobs are mine is decided by the uid of the process, not by USER and LOGNAME', async () => {
  const bin = tempDir('slurm-identity');
  const asked = path.join(bin, 'asked.txt');
  for (const [name, answer] of [
    ['squeue', ''],
    ['sacct', ''],
    ['sacctmgr', `${userInfo().username}|pan|`],
    [
      'scontrol',
      'ClusterName = c\nAccountingStorageType = accounting_storage/slurmdbd\nPartitionName=cpu AllowAccounts=ALL State=UP'
    ]
  ] as const) {
    const text = `#!/bin/sh\necho ${name} "$@" >> ${asked}\ncat <<'END'\n${answer}\nEND\n`;
    writeFileSync(path.join(bin, name), text, { mode: 0o755 });
  }
  const profile = ClusterProfile.parse({ id: 'c', title: 'C', kind: 'slurm-cli', bin });
  const wrong = { PATH: process.env['PATH'], USER: 'somebody-else', LOGNAME: 'somebody-else' };
  const slurm = new SlurmCli(profile, wrong);
  await slurm.statuses(['12'], testCall());
  await slurm.findByKey('j_1', '2026-11-24T10:00:00.000Z', testCall());
  const { accounts, person } = await slurm.standing(testCall());
  const said = readFileSync(asked, 'utf8');
  assert.doesNotMatch(said, /somebody-else/);
  assert.ok(said.split('\n').every(line => !line.startsWith('squeue') || line.includes(' --me ')));
  assert.match(said, new RegExp(`^sacct .*--uid=${userInfo().uid} `, 'm'));
  assert.match(said, new RegExp(`^sacctmgr .* user=${userInfo().username} cluster=c `, 'm'));
  assert.deepEqual([person, accounts], [userInfo().username, ['pan']]);
});
