import assert from 'node:assert/strict';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Transfer } from '#contract';
import { Config } from '../../src/config/schema.ts';
import { makeLog } from '../../src/core/log.ts';
import { Profile } from '../../src/facility/profile.ts';
import type { ActiveProfile } from '../../src/facility/service.ts';
import { openDatabase } from '../../src/store/database.ts';
import { EventLog } from '../../src/store/event-log.ts';
import { SettingsStore } from '../../src/store/settings-store.ts';
import type { DatasetLocator } from '../../src/transfers/enumerate.ts';
import { TransferService } from '../../src/transfers/service.ts';
import { refuses } from '../conformance/transfer-backend.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { tempDir } from '../support/temp-dir.ts';
import { testCall } from '../support/test-call.ts';

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
  const home = tempDir('facility-meanwhile');
  const db = openDatabase(home);
  const clock = new ManualClock();
  let current = first;
  const facility: ActiveProfile = {
    profile: () => current,
    current: () => current,
    mistakes: () => [],
    profileFor: () => current,
    resolveFile: name => name,
    placeOf: () => '',
    onChange: () => undefined
  };
  let meanwhile = (): void => undefined;
  const datasets: DatasetLocator = {
    locate: async () => {
      await Promise.resolve();
      meanwhile();
      return {
        title: 'Scan',
        sizeBytes: 0,
        fileCount: 0,
        checksums: { kind: 'none' },
        files: () => Promise.resolve({ items: [], cursor: null })
      };
    }
  };
  const parts = {
    config: Config.parse({ stateDir: home, runtimeDir: home }),
    surroundings: { home, env: {} },
    db,
    events: new EventLog(db, clock),
    settings: new SettingsStore(db),
    clock,
    log: makeLog('silent'),
    fetch,
    facility,
    call: testCall
  };
  const service = new TransferService(parts, datasets, { hasAccount: () => false });
  t.after(async () => {
    await service.stop();
    db.close();
  });
  return {
    service,
    home,
    startWhile: happens => {
      meanwhile = happens;
      return service.start({ pid: '10.5072/scan' }, 'a-key-of-the-panel-0001', testCall());
    },
    choose: profile => {
      current = profile;
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
