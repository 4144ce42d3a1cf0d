import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeLog } from '../../src/core/log.ts';
import { CurrentIndex } from '../../src/images/current-index.ts';
import type { CvmfsRepository } from '../../src/images/cvmfs/port.ts';
import { memoryRepository } from '../fakes/cvmfs/memory-repository.ts';
import { fqrn, scratch } from './cvmfs-setup.ts';

const items = [{ path: '/images/tool_1.0.sif', content: 'x' }];

const indexOf = (repository: CvmfsRepository, folder: string): CurrentIndex =>
  new CurrentIndex({
    repository,
    fqrn,
    roots: [{ path: '/images', layout: 'flat' }],
    folder,
    ending: new AbortController().signal,
    log: makeLog('silent')
  });

test('who leaves during a discovery is let go at once; who stays gets the list', async t => {
  const repository = memoryRepository(fqrn, items);
  const { promise: gate, resolve: openGate } = Promise.withResolvers<void>();
  let discoveries = 0;
  const slow: CvmfsRepository = {
    ...repository,
    readdir: async (...wanted) => {
      discoveries += 1;
      await gate;
      return await repository.readdir(...wanted);
    }
  };
  const index = indexOf(slow, scratch(t));
  const leaving = new AbortController();
  const left = index.current(leaving.signal);
  const stayed = index.current(new AbortController().signal);
  leaving.abort(new Error('gone'));
  await assert.rejects(left, /gone/);
  openGate();
  const [, held] = await stayed;
  assert.equal(held.index.images.length, 1);
  assert.equal(discoveries, 1);
});

test('a discovery that a new revision overtook is not kept', async t => {
  const repository = memoryRepository(fqrn, items);
  let opened = 0;
  let discoveries = 0;
  const moving: CvmfsRepository = {
    ...repository,
    open: async () => {
      opened += 1;
      return { ...(await repository.open()), rootHash: opened === 1 ? 'a' : 'b' };
    },
    readdir: async (...wanted) => {
      discoveries += 1;
      return await repository.readdir(...wanted);
    }
  };
  const index = indexOf(moving, scratch(t));
  const { signal } = new AbortController();
  await index.current(signal);
  const [state, held] = await index.current(signal);
  assert.deepEqual([state.rootHash, held.rootHash, discoveries], ['b', 'b', 2]);
  await index.current(signal);
  assert.equal(discoveries, 2);
});

test('a discovery that failed is tried again by the next caller', async t => {
  const repository = memoryRepository(fqrn, items);
  let isBroken = true;
  const flaky: CvmfsRepository = {
    ...repository,
    readdir: async (...wanted) => {
      if (isBroken) {
        throw new Error('broken');
      }
      return await repository.readdir(...wanted);
    }
  };
  const index = indexOf(flaky, scratch(t));
  const { signal } = new AbortController();
  await assert.rejects(index.current(signal), /broken/);
  isBroken = false;
  assert.equal((await index.current(signal))[1].index.images.length, 1);
});
