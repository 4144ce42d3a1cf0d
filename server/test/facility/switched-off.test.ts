import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Doctor, Facility, Problem } from '#contract';
import { openServiceBench, PID } from '../transfers/service-setup.ts';

test('what a profile switches off is told, refused and not looked at', async t => {
  const bench = await openServiceBench(t, {
    files: { 'a.h5': Buffer.from('x') },
    profile: {
      domains: ['images'],
      clusters: [{ id: 'here', title: 'This machine', kind: 'local' }]
    }
  });
  const { companion } = bench;
  const facility = await companion.ask<Facility>('GET', '/v1/facility');
  assert.deepEqual(facility.body.active?.domains, ['images']);
  assert.deepEqual(facility.body.active.clusters, []);

  const found = await companion.ask<Problem>('GET', '/v1/datasets?q=');
  assert.match(found.body.type, /not-offered$/);
  const plan = await bench.post<Problem>('/v1/transfers/plan', { pid: PID, to: '~/data' });
  assert.match(plan.body.type, /dataset-not-found|not-offered/);
  const job = await bench.post<Problem>('/v1/jobs/preview', {
    name: 'a',
    script: 'true',
    workdir: '/tmp'
  });
  assert.match(job.body.type, /not-offered$/);
  assert.equal(
    (await companion.ask('GET', '/v1/jobs')).status,
    200,
    'jobs of other facilities are followed'
  );

  const doctor = await companion.ask<Doctor>('GET', '/v1/doctor');
  assert.deepEqual(
    doctor.body.checks.filter(({ id }) => /^(jobs|datasets)\./.test(id)),
    []
  );
});
