import assert from 'node:assert/strict';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Transfer } from '#contract';
import { Profile } from '../../src/facility/profile.ts';
import type { TransferService } from '../../src/transfers/service.ts';
import { refuses } from '../conformance/transfer-backend.ts';
import { testCall } from '../support/test-call.ts';
import { openInProcessBench } from './in-process-setup.ts';

const profileOf = (id: string, root: string): Profile =>
  Profile.parse({ id, title: id, transfers: { default_target: root, roots: [root] } });

interface Bench {
  readonly service: TransferService;
  readonly home: string;
  /** Starts a transfer, and lets this happen while the catalogue looks for its dataset. */
  startWhile(meanwhile: () => void): Promise<{ transfer: Transfer; isNew: boolean }>;
  choose(profile: Profile): void;
}

function openBench(t: TestContext, first: Profile): Bench {
  let meanwhile = (): void => undefined;
  const bench = openInProcessBench(t, first, async () => {
    await Promise.resolve();
    meanwhile();
    return {
      title: 'Scan',
      sizeBytes: 0,
      fileCount: 0,
      checksums: { kind: 'none' },
      files: () => Promise.resolve({ items: [], cursor: null })
    };
  });
  return {
    ...bench,
    startWhile: happens => {
      meanwhile = happens;
      return bench.service.start({ pid: '10.5072/scan' }, 'a-key-of-the-panel-0001', testCall());
    }
  };
}

const one = profileOf('one', '~/one');
const other = profileOf('other', '~/other');

test('a facility that is chosen while a transfer is started gets none of it', async t => {
  const bench = openBench(t, one);
  const started = bench.startWhile(() => bench.choose(other));
  const { message } = await refuses(started, 'other-facility');
  assert.equal(message, 'Another facility was chosen meanwhile. Start again.');
  assert.deepEqual(bench.service.list(undefined, 10).items, [], 'nothing is written down');
  const again = await bench.startWhile(() => undefined);
  assert.equal(again.transfer.to, path.join(bench.home, 'other', 'Scan'));
});

test('a profile that allows other folders by now is another one', async t => {
  const bench = openBench(t, one);
  await refuses(
    bench.startWhile(() => bench.choose(profileOf('one', '~/elsewhere'))),
    'other-facility'
  );
});

test('a profile that was only read again is the same', async t => {
  const bench = openBench(t, one);
  const started = bench.startWhile(() => bench.choose(profileOf('one', '~/one')));
  assert.equal((await started).transfer.to, path.join(bench.home, 'one', 'Scan'));
});
