import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { Config } from '../../src/config/schema.ts';
import { systemClock } from '../../src/core/clock.ts';
import { FacilityService } from '../../src/facility/service.ts';
import { openDatabase } from '../../src/store/database.ts';
import { EventLog } from '../../src/store/event-log.ts';
import { SettingsStore } from '../../src/store/settings-store.ts';
import { tempDir } from '../support/temp-dir.ts';

it('a choice that fails changes nothing, although files were edited meanwhile', () => {
  const folder = tempDir('choosing');
  const stateDir = path.join(folder, 'state');
  mkdirSync(stateDir);
  const write = (id: string, title: string): void =>
    writeFileSync(path.join(folder, `${id}.yaml`), `id: ${id}\ntitle: ${title}\n`);
  write('a', 'A');
  write('b', 'B');
  const db = openDatabase(stateDir);
  const config = Config.parse({
    stateDir,
    runtimeDir: stateDir,
    profilePaths: [folder],
    defaultProfile: 'a'
  });
  const events = new EventLog(db, systemClock);
  const facility = new FacilityService(config, folder, new SettingsStore(db), events);
  let changes = 0;
  facility.onChange(() => {
    changes += 1;
  });
  write('a', 'A, edited');
  writeFileSync(path.join(folder, 'b.yaml'), 'id: b\n');
  for (const [id, slug] of [
    ['nobody', 'not-found'],
    ['b', 'bad-profile']
  ] as const) {
    assert.throws(() => facility.choose(id), { slug });
    assert.equal(facility.profile().title, 'A', 'as its listeners know it');
    assert.equal(changes, 0);
  }
  facility.choose('a');
  assert.equal(facility.profile().title, 'A, edited');
  assert.equal(changes, 1);
});
