import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ClusterProfile } from '../../src/facility/profile.ts';
import { SlurmCli } from '../../src/jobs/adapters/slurm-cli.ts';
import { testCall } from '../support/test-call.ts';

/* Run by integration/slurm-conformance.test.ts with the number of another person's job. */
const jobId = process.argv[2] ?? '';

it('a job of somebody else', async () => {
  const profile = ClusterProfile.parse({ id: 'c', title: 'Test cluster', kind: 'slurm-cli' });
  const scheduler = new SlurmCli(profile, process.env);
  await assert.rejects(scheduler.cancel(jobId, testCall()), { slug: 'job-not-yours' });
  assert.equal((await scheduler.statuses([jobId], testCall())).size, 0);
});
