import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { CheckResult, Doctor } from '#contract';
import { sampleBytes } from '../conformance/transfer-backend.ts';
import { publishRepository } from '../fakes/cvmfs/publisher.ts';
import { makeRepositoryKeys } from '../fakes/cvmfs/repository-keys.ts';
import { serveRepository } from '../fakes/cvmfs/serve.ts';
import { HostileIdp } from '../fakes/hostile-idp/server.ts';
import { makeSif } from '../fakes/sif/writer.ts';
import { tempDir } from '../support/temp-dir.ts';
import { openServiceBench } from '../transfers/service-setup.ts';

const fqrn = 'doctor.test.example';

test('the self-check says of every part of a facility whether it works, and why not', async t => {
  const idp = await new HostileIdp().start();
  t.after(() => idp.close());
  const target = tempDir('doctor-cvmfs');
  const keys = makeRepositoryKeys(fqrn, Date.now());
  const items = [{ path: '/images/a_1.0.sif', content: makeSif() }];
  publishRepository({ target, fqrn, keys, nowMs: Date.now(), items });
  const repository = await serveRepository({ fqrn, root: target });
  t.after(() => repository.close());
  const bench = await openServiceBench(t, {
    files: { 'a.h5': sampleBytes(1000) },
    profile: {
      providers: [
        {
          id: 'idp',
          title: 'Test sign-in',
          issuer: idp.issuer,
          device: { client_id: 'pan-native' }
        }
      ],
      repositories: [
        {
          kind: 'cvmfs-http',
          fqrn,
          title: 'Images',
          servers: [repository.url.href],
          keys: [keys.masterPublic],
          roots: [{ path: '/images', layout: 'flat' }]
        }
      ],
      clusters: [
        { id: 'here', title: 'This machine', kind: 'local' },
        { id: 'hpc', title: 'Cluster', kind: 'slurm-cli', slurm_conf: '/nonexistent/slurm.conf' }
      ]
    }
  });
  const look = async (): Promise<{ doctor: Doctor; by: Map<string, CheckResult> }> => {
    const { body, status } = await bench.companion.ask<Doctor>('GET', '/v1/doctor');
    assert.equal(status, 200);
    return { doctor: body, by: new Map(body.checks.map(check => [check.id, check])) };
  };

  const first = await look();
  const stateOf = (id: string): string | undefined => first.by.get(id)?.state;
  for (const id of [
    'machine.node',
    'machine.companion',
    'machine.state-folder',
    'machine.clock',
    'facility.profile',
    'signin.idp',
    'datasets.catalogue',
    'transfers.store',
    'transfers.target',
    `images.${fqrn}`,
    'jobs.here'
  ]) {
    assert.equal(stateOf(id), 'ok', `${id}: ${first.by.get(id)?.text}`);
  }
  assert.match(first.by.get(`images.${fqrn}`)?.text ?? '', /verified at revision \d+/);
  assert.equal(stateOf(`images.mount.${fqrn}`), 'skipped');
  assert.equal(stateOf('jobs.hpc'), 'failed');
  assert.match(
    first.by.get('jobs.hpc')?.text ?? '',
    /slurm\.conf cannot be read.*\(.*test\.yaml, line 1, clusters\[1\]\.slurm_conf\)$/
  );
  assert.equal(stateOf('jobs.hpc.accounts'), 'unknown');
  assert.match(first.by.get('jobs.hpc.accounts')?.text ?? '', /^Not checked: .*slurm\.conf/);
  assert.equal(first.doctor.state, 'failed');
  assert.match(first.doctor.report, /FAILED {3}jobs\.hpc: .*slurm\.conf/);

  bench.breakCatalogue();
  await idp.close();
  await repository.close();
  await bench.faulty.close();
  chmodSync(path.join(bench.home, 'state'), 0o755);
  const second = await look();
  for (const [id, sentence] of [
    ['signin.idp', /Test sign-in.*cannot be reached|does not answer/],
    ['datasets.catalogue', /500/],
    ['transfers.store', /"Test store" cannot be reached/],
    ['machine.state-folder', /Others can look into/]
  ] as const) {
    const check = second.by.get(id);
    assert.equal(check?.state, 'failed', id);
    assert.match(check.text, sentence);
  }
  assert.equal(second.by.get('machine.state-folder')?.cure, `chmod 700 ${bench.home}/state`);
  const { secret } = await bench.companion.ready();
  assert.ok(!second.doctor.report.includes(secret));
  assert.ok(!second.doctor.report.includes(bench.home), second.doctor.report);

  await bench.choose('other');
  const other = await look();
  assert.deepEqual(
    [...other.by.keys()].filter(id => !id.startsWith('machine.')),
    ['facility.profile', 'signin', 'datasets', 'transfers', 'images', 'jobs', 'transfers.target'],
    'only what the chosen facility has, and what it lacks'
  );
  for (const id of ['signin', 'datasets', 'transfers', 'images', 'jobs']) {
    assert.equal(other.by.get(id)?.state, 'skipped', id);
  }
  assert.equal(other.by.get('machine.clock')?.state, 'unknown');
  assert.equal(
    other.by.get('machine.clock')?.text,
    'Not checked: this facility names no service to compare with.'
  );
});
