import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DatasetFile, Page, Problem } from '#contract';
import { openServiceBench, PID } from '../transfers/service-setup.ts';
import { startSearchApi } from '../fakes/search-api/server.ts';

test('a catalogue whose files lie nobody knows where can be searched, and a pull says whom to ask', async t => {
  const search = await startSearchApi([
    {
      pid: PID,
      title: 'Scan',
      isPublic: true,
      creationDate: '2026-01-01T00:00:00.000Z',
      files: [{ id: '0', name: 'a.h5', path: '/set/a.h5', size: 10 }]
    }
  ]);
  t.after(() => search.close());
  const bench = await openServiceBench(t, {
    files: {},
    profile: {
      ask: [
        { what: 'Which clusters are there?', who: 'somebody else', fills: 'clusters' },
        { what: 'Where do the files lie?', who: 'data@example.org', fills: 'catalogues.file_url' }
      ],
      catalogues: [{ id: 'open', title: 'Open data', kind: 'panosc-search', api: search.api }]
    }
  });
  const listed = await bench.companion.ask<Page<DatasetFile>>(
    'GET',
    `/v1/datasets/files?pid=${encodeURIComponent(PID)}`
  );
  assert.equal(listed.status, 200);
  assert.deepEqual(listed.body.items, [
    { name: 'a.h5', path: '/set/a.h5', sizeBytes: 10, localPath: null }
  ]);

  const plan = await bench.post<Problem>('/v1/transfers/plan', { pid: PID, to: '~/data' });
  assert.equal(plan.status, 409);
  assert.match(plan.body.type, /not-offered$/);
  assert.equal(
    plan.body.detail,
    'This profile does not say where the files of "Open data" lie: they can be found, and not pulled. Ask: data@example.org.'
  );
});
