import type { TestContext } from 'node:test';
import { Config } from '../../src/config/schema.ts';
import { makeLog } from '../../src/core/log.ts';
import type { Profile } from '../../src/facility/profile.ts';
import type { ActiveProfile } from '../../src/facility/service.ts';
import { openDatabase } from '../../src/store/database.ts';
import { EventLog } from '../../src/store/event-log.ts';
import { SettingsStore } from '../../src/store/settings-store.ts';
import type { DatasetLocator } from '../../src/transfers/enumerate.ts';
import { TransferService } from '../../src/transfers/service.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { tempDir } from '../support/temp-dir.ts';
import { testCall } from '../support/test-call.ts';

/** Transfers without a companion process: a test says what the catalogue does and which profile is chosen. */
interface InProcessBench {
  readonly service: TransferService;
  readonly home: string;
  choose(profile: Profile): void;
}

/** `locate` is the catalogue; `config` is more of the companion's configuration. */
export function openInProcessBench(
  t: TestContext,
  first: Profile,
  locate: DatasetLocator['locate'],
  config: object = {}
): InProcessBench {
  const home = tempDir('in-process');
  const db = openDatabase(home);
  const clock = new ManualClock();
  let current = first;
  const listeners: (() => void)[] = [];
  const facility: ActiveProfile = {
    profile: () => current,
    current: () => current,
    mistakes: () => [],
    profileFor: () => current,
    resolveFile: name => name,
    placeOf: () => '',
    onChange: listener => listeners.push(listener)
  };
  const parts = {
    config: Config.parse({ stateDir: home, runtimeDir: home, ...config }),
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
  const service = new TransferService(parts, { locate }, { hasAccount: () => false });
  t.after(async () => {
    await service.stop();
    db.close();
  });
  return {
    service,
    home,
    choose: profile => {
      current = profile;
      listeners.forEach(listener => listener());
    }
  };
}
