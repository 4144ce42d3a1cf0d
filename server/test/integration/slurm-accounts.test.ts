import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { CheckResult, Doctor } from '#contract';
import { Alice } from '../jobs/alice.ts';
import { startCluster, whyNoCluster, type Cluster } from '../support/cluster.ts';
import { until } from '../support/until.ts';

const skip = whyNoCluster() ?? false;

describe('accounts and identity on a real Slurm', { skip }, () => {
  let cluster: Cluster;
  let alice: Alice;
  before(async () => {
    cluster = startCluster({ minJobAge: 2 });
    // As a hub leaves it that was started by somebody else.
    alice = new Alice(cluster, 'home', { env: { USER: 'bob', LOGNAME: 'bob' } });
    await alice.start();
  });
  after(async () => {
    await alice.stop();
    await cluster.stop();
  });

  const look = async (): Promise<CheckResult | undefined> => {
    const { body } = await alice.companion.ask<Doctor>('GET', '/v1/doctor');
    return body.checks.find(({ id }) => id === 'jobs.real.accounts');
  };
  const administer = (...words: string[]): void => {
    const { code, stderr } = cluster.run('root', words);
    assert.equal(code, 0, stderr);
  };

  it('field request 7: with a wrong USER the jobs of the uid are listed to their end', async () => {
    const job = await alice.submit({ name: 'mine', result: 'result.txt' });
    const ended = await alice.until(job.id, 'completed', ({ state }) => state === 'completed');
    assert.equal(ended.exitCode, 0);
    assert.equal((await look())?.text, 'Accounts of "alice": pan, prop-2025-0042.');
  });

  it('names partitions that take none of the accounts', async () => {
    administer('scontrol', 'update', 'partition=gpu', 'DenyAccounts=pan,prop-2025-0042');
    const found = await look();
    assert.equal(found?.state, 'warning', found?.text);
    assert.match(found.text, /take jobs from none of them: gpu\.$/);
    administer('scontrol', 'update', 'partition=gpu', 'DenyAccounts=');
  });

  it('says that somebody without an account would be refused, as Slurm then does', async () => {
    administer('sacctmgr', '-i', 'delete', 'user', 'alice');
    const found = await look();
    assert.equal(found?.state, 'failed', found?.text);
    assert.equal(
      found.text,
      '"alice" has no account on Test cluster: Slurm would refuse every job.'
    );
    const { body, status } = await alice.post({ name: 'refused' });
    assert.equal(status, 202);
    assert.equal((await alice.job(body.id)).state, 'refused');
    administer('sacctmgr', '-i', 'add', 'user', 'alice', 'account=pan', 'partition=cpu');
    const some = await look();
    assert.match(some?.text ?? '', /^Accounts of "alice": pan\. .* none of them: gpu\.$/);
  });

  it('says that nobody knows while the records do not answer', async () => {
    administer('sacctmgr', 'shutdown');
    const found = await until('silent records', async () => {
      const now = await look();
      return now?.state === 'unknown' ? now : null;
    });
    assert.match(found.text, /^Not checked: Slurm's records \(slurmdbd\) do not say/);
  });
});
