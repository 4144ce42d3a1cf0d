import assert from 'node:assert/strict';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { Problem, Ready } from '#contract';
import { sampleBytes } from '../conformance/transfer-backend.ts';
import { CompanionProcess } from '../support/companion-process.ts';
import { readExposition } from '../support/read-exposition.ts';
import { tempDir } from '../support/temp-dir.ts';
import { openServiceBench, PID } from '../transfers/service-setup.ts';

test('metrics are off until somebody switches them on; ready says what is missing', async t => {
  const companion = new CompanionProcess(path.join(tempDir('metrics-off'), 'state'));
  t.after(() => companion.child.kill('SIGKILL'));
  const { body, status } = await companion.ask<Problem>('GET', '/v1/metrics');
  assert.equal(status, 404);
  assert.match(body.detail, /switched off.*"metrics": True/);
  const ready = await companion.ask<Problem>('GET', '/v1/ready');
  assert.equal(ready.status, 503);
  assert.equal(ready.body.type, '/problems/not-ready');
  assert.equal(ready.body.detail, 'Choose your facility first.');
});

test('metrics count what was pulled, asked and answered, and name nobody and nothing', async t => {
  const bytes = sampleBytes(300_000);
  const bench = await openServiceBench(t, {
    files: { 'secret-sample.h5': bytes },
    config: { metrics: true }
  });
  assert.equal((await bench.companion.ask<Ready>('GET', '/v1/ready')).body.facility, 'test');
  const id = await bench.start({ pid: PID });
  await bench.reaches(id, 'verified');
  await bench.companion.ask('GET', '/v1/jobs/j_nothere');
  await bench.companion.ask('GET', '/v1/no/such/place/as/this');

  const answer = await bench.companion.open('GET', '/v1/metrics');
  assert.equal(answer.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  const said = await text(answer);
  const read = readExposition(said);
  const value = (name: string, labels: Readonly<Record<string, string>> = {}): number =>
    read
      .get(name)
      ?.samples.filter(sample =>
        Object.entries(labels).every(([key, wanted]) => sample.labels[key] === wanted)
      )
      .reduce((sum, sample) => sum + sample.value, 0) ?? Number.NaN;
  assert.equal(value('panosc_build_info', { node: process.version }), 1);
  assert.ok(value('panosc_uptime_seconds') > 0);
  assert.ok(value('process_resident_memory_bytes') > 10_000_000);
  assert.equal(value('panosc_operations', { kind: 'transfer', state: 'verified' }), 1);
  assert.equal(value('panosc_pulled_bytes_total'), bytes.length);
  assert.ok(value('panosc_upstream_requests_total', { outcome: '2xx' }) >= 2);
  assert.equal(value('panosc_http_requests_total', { route: '/v1/ready', status: '200' }), 1);
  assert.equal(value('panosc_http_requests_total', { route: '/v1/jobs/:id', status: '404' }), 1);
  assert.equal(value('panosc_http_requests_total', { route: 'none', status: '404' }), 1);
  assert.ok(value('panosc_http_requests_total', { route: '/v1/transfers/:id' }) >= 1);
  const durations = read.get('panosc_http_request_duration_seconds')?.samples ?? [];
  assert.ok(durations.some(({ labels }) => labels['route'] === '/v1/transfers'));
  assert.ok(!said.includes('/v1/attach'), 'a stream lasts as long as its reader');
  const { secret } = await bench.companion.ready();
  for (const personal of [bench.home, secret, id, PID, 'secret-sample', 'j_nothere', 'as/this']) {
    assert.ok(!said.includes(personal), personal);
  }
});
