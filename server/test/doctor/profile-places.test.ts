import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import type { AddressInfo } from 'node:net';
import type { Doctor } from '#contract';
import { publishRepository } from '../fakes/cvmfs/publisher.ts';
import { makeRepositoryKeys } from '../fakes/cvmfs/repository-keys.ts';
import { serveRepository } from '../fakes/cvmfs/serve.ts';
import { makeSif } from '../fakes/sif/writer.ts';
import { tempDir } from '../support/temp-dir.ts';
import { openServiceBench } from '../transfers/service-setup.ts';

const fqrn = 'places.test.example';

/** An address on this machine where nobody listens. */
async function deafAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return `http://127.0.0.1:${port}/`;
}

test('unreachable hosts and keys of another repository are named with file, line and field', async t => {
  const target = tempDir('places-cvmfs');
  const nowMs = Date.now();
  publishRepository({
    target,
    fqrn,
    keys: makeRepositoryKeys(fqrn, nowMs),
    nowMs,
    items: [{ path: '/images/a_1.0.sif', content: makeSif() }]
  });
  const repository = await serveRepository({ fqrn, root: target });
  t.after(() => repository.close());
  const deaf = await deafAddress();
  const entry = {
    kind: 'cvmfs-http',
    title: 'Images',
    roots: [{ path: '/images', layout: 'flat' }]
  };
  const other = makeRepositoryKeys(fqrn, nowMs).masterPublic;
  const bench = await openServiceBench(t, {
    files: {},
    profile: {
      providers: [{ id: 'idp', title: 'IdP', issuer: deaf, device: { client_id: 'c' } }],
      catalogues: [{ id: 'gone', title: 'Gone', kind: 'panosc-search', api: deaf }],
      stores: [{ id: 'gone', title: 'Gone', kind: 'http', url: deaf }],
      repositories: [
        { ...entry, fqrn, servers: [repository.url.href], keys: [other] },
        { ...entry, fqrn: 'gone.test.example', servers: [deaf], keys: [other] }
      ]
    }
  });
  const { body } = await bench.companion.ask<Doctor>('GET', '/v1/doctor');
  const places: [string, string][] = [
    ['signin.idp', 'providers[0].issuer'],
    ['datasets.gone', 'catalogues[0].api'],
    ['transfers.gone', 'stores[0].url'],
    [`images.${fqrn}`, 'repositories[0].keys'],
    ['images.gone.test.example', 'repositories[1].servers']
  ];
  for (const [id, field] of places) {
    const found = body.checks.find(check => check.id === id);
    assert.equal(found?.state, 'failed', `${id}: ${found?.text}`);
    assert.ok(found.text.endsWith(`${bench.home}/test.yaml, line 1, ${field})`), found.text);
  }
});
