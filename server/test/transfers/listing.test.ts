import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Problem, TransferListing } from '#contract';
import { pullCommands } from '../../contract/copy-as/index.ts';
import { openServiceBench, PID } from './service-setup.ts';

const bytes = new Uint8Array(10);

test('the listing says where files, manifest and folder are, of a pull and of its transfer', async t => {
  const bench = await openServiceBench(t, { files: { 'a b.h5': bytes, 'c.h5': bytes } });
  const wish = { pid: PID, to: `${bench.data}/copy` };
  const { body: planned } = await bench.post<TransferListing>('/v1/transfers/listing', wish);
  assert.equal(planned.to, `${bench.data}/copy`);
  assert.equal(planned.isWhole, true);
  assert.deepEqual(
    planned.files.map(({ checksum, path, tokenOf, url }) => [
      path,
      new URL(url).pathname,
      tokenOf,
      checksum
    ]),
    [
      ['a b.h5', '/data/set/a%20b.h5', null, null],
      ['c.h5', '/data/set/c.h5', null, null]
    ]
  );
  assert.deepEqual(
    planned.manifests.map(({ algorithm, folder, isThere, url }) => [
      algorithm,
      folder,
      isThere,
      new URL(url).pathname
    ]),
    [['sha256', '', true, '/data/set/SHA256SUMS']]
  );

  const id = await bench.start(wish);
  await bench.reaches(id, 'verified');
  const target = `/v1/transfers/${id}/listing`;
  const { body: done } = await bench.companion.ask<TransferListing>('GET', target);
  assert.deepEqual(
    done.files.map(({ checksum, url }) => [checksum?.algorithm, url]),
    planned.files.map(({ url }) => ['sha256', url])
  );
  assert.deepEqual(done.manifests, []);

  await bench.choose('other');
  const { body, status } = await bench.companion.ask<Problem>('GET', target);
  assert.equal(status, 409);
  assert.match(body.type, /other-facility$/);
});

test('a listing of many files ends, says so, and leaves them to the companion', async t => {
  const files = Object.fromEntries(
    Array.from({ length: 25 }, (_, index) => [`scan_${index}.h5`, bytes])
  );
  const bench = await openServiceBench(t, { files });
  const wish = { pid: PID, to: `${bench.data}/many` };
  const { body: listing } = await bench.post<TransferListing>('/v1/transfers/listing', wish);
  assert.equal(listing.files.length, 20);
  assert.equal(listing.isWhole, false);
  const [only, ...others] = pullCommands(wish, { listing });
  assert.deepEqual(others, []);
  assert.match(
    only?.text ?? '',
    /^# More than 20 files: [^\n]*\njupyter panosc pull --to \S+ 10\.5072\/scan\n$/
  );
  const few = { ...wish, only: 'scan_1?.h5' };
  const { body: part } = await bench.post<TransferListing>('/v1/transfers/listing', few);
  assert.equal(part.files.length, 10);
  assert.equal(part.isWhole, true);
});

test('a listing refuses what a pull refuses', async t => {
  const bench = await openServiceBench(t, { files: { 'a.h5': bytes } });
  for (const wish of [
    { pid: PID, to: '/etc/panosc' },
    { url: 'http://127.0.0.1:1/elsewhere.h5' }
  ]) {
    const { body, status } = await bench.post<Problem>('/v1/transfers/listing', wish);
    assert.ok(status >= 400 && status < 500, JSON.stringify(body));
    assert.match(body.type, /not-allowed$/);
  }
});
