import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { CheckResult, Doctor, Facility } from '#contract';
import { ProfileFile } from '../../src/facility/profile-file.ts';
import { CompanionProcess } from '../support/companion-process.ts';
import { tempDir } from '../support/temp-dir.ts';

const folder = path.resolve(import.meta.dirname, '../../../profiles');
const names = readdirSync(folder)
  .filter(name => name.endsWith('.yaml'))
  .sort();
const files = names.map(name => new ProfileFile(path.join(folder, name)));

/** An address, an e-mail address, a host, or the beginning of a key. */
const FACT = /:\/\/|@|\b(?:[a-z0-9-]+\.)+(?:ch|cz|de|eu|fr|hu|int|io|it|net|org|ro|se|uk)\b|BEGIN/;
const SOURCE = /^ *# source: https?:\/\/\S+$/;

test('the shipped profiles are those that are promised, each named as its id', () => {
  const promised = 'ceric desy egi eli esrf ess euxfel ill open-data psi';
  assert.equal(names.map(name => name.replace('.yaml', '')).join(' '), promised);
  assert.equal(files.map(file => file.profile?.id).join(' '), promised);
});

for (const [index, file] of files.entries()) {
  const name = names[index] ?? '';

  test(`${name} is used without a mistake`, () => {
    assert.equal(file.mistake, null);
    const { demo, help, title } = file.profile ?? {};
    assert.ok(demo === false && title !== undefined && typeof help === 'string');
  });

  test(`${name} says of every address, host, key and repository where it was read`, () => {
    const lines = readFileSync(file.file, 'utf8').split('\n');
    let facts = 0;
    for (const [position, line] of lines.entries()) {
      if (SOURCE.test(line)) {
        continue;
      }
      // A key begins on the line after its `- |`.
      const before = lines[position - (line.includes('BEGIN') ? 2 : 1)] ?? '';
      if (FACT.test(line)) {
        facts += 1;
        assert.match(before, SOURCE, `${name}:${position + 1}: ${line.trim()}`);
      }
    }
    assert.ok(facts > 0);
  });

  test(`${name} asks for what it does not know`, () => {
    const { ask, catalogues, clusters, providers, repositories } = file.profile ?? assert.fail();
    const asked = new Set(ask.map(({ fills }) => fills));
    for (const { what, who } of ask) {
      assert.match(what, /^[A-Z].*\.$|^[A-Z].*\?/);
      assert.ok(who.length > 5);
    }
    for (const [key, list] of Object.entries({ catalogues, clusters, repositories })) {
      assert.ok(
        list.length > 0 || asked.has(key as 'clusters'),
        `${key} is neither there nor asked`
      );
    }
    assert.ok(providers.length > 0 || asked.has('providers') || file.id === 'open-data');
    for (const { file_url: rule, id } of catalogues) {
      assert.ok(rule !== undefined || asked.has('catalogues.file_url'), id);
    }
  });

  test(`${name} names only keys that are public keys, and servers of its repository`, () => {
    for (const { fqrn, keys, servers } of file.profile?.repositories ?? []) {
      for (const key of keys) {
        assert.equal(createPublicKey(key).asymmetricKeyType, 'rsa');
      }
      for (const server of servers) {
        assert.ok(server.endsWith(`/cvmfs/${fqrn}`), server);
      }
    }
  });
}

test('the chooser lists them by title, and the self-check says whom to ask', async () => {
  const stateDir = path.join(tempDir('shipped'), 'state');
  const companion = new CompanionProcess(stateDir, {
    profilePaths: [folder],
    defaultProfile: 'eli'
  });
  await companion.attach();
  const { body } = await companion.ask<Facility>('GET', '/v1/facility');
  const titles = body.profiles.map(({ title }) => title);
  assert.equal(titles.length, names.length);
  assert.deepEqual(
    titles,
    titles.toSorted((a, b) => a.localeCompare(b))
  );
  assert.ok(body.profiles.every(({ demo, mistake }) => !demo && mistake === null));
  assert.equal(body.active?.id, 'eli');

  // This one names no service, so that nobody is asked.
  const { ask, catalogues, clusters, providers, repositories } =
    files.find(({ id }) => id === 'eli')?.profile ?? assert.fail();
  assert.equal(catalogues.length + clusters.length + providers.length + repositories.length, 0);
  const doctor = await companion.ask<Doctor>('GET', '/v1/doctor');
  const found = doctor.body.checks.filter(({ id }: CheckResult) => id.startsWith('facility.ask.'));
  assert.deepEqual(
    found.map(({ state, text }) => [state, text]),
    ask.map(({ what }) => ['warning', what])
  );
  assert.match(found[0]?.cure ?? '', /^Ask: ELI.*eli\.yaml, line \d+, ask\[0\]\)\.$/);
});
