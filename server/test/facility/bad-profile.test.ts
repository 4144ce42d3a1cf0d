import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { Config } from '../../src/config/schema.ts';
import { systemClock } from '../../src/core/clock.ts';
import { ProblemError } from '../../src/core/problem.ts';
import { FacilityService } from '../../src/facility/service.ts';
import { openDatabase } from '../../src/store/database.ts';
import { EventLog } from '../../src/store/event-log.ts';
import { SettingsStore } from '../../src/store/settings-store.ts';
import { tempDir } from '../support/temp-dir.ts';

const folder = tempDir('bad-profile');
const secret = 's3cr3t-0f-alice';
const head = 'id: site\ntitle: Site\n';
const providers = `${head}providers:
  - id: idp
    title: Sign-in
    issuer: https://idp.example.org
`;
const stores = `${head}stores:
  - id: data
    title: Data
    kind: http
    url: https://data.example.org/
`;
const repositories = `${head}repositories:
  - kind: cvmfs-http
    fqrn: software.example.org
    title: Software
    servers: [http://stratum1.example.org/cvmfs/software.example.org]
    roots: [{ path: /images, layout: flat }]
`;

/** What a person reads who brings the file on the command line, and who sees it in the chooser of the panel. */
function readings(text: string): { commandLine: string; panel: string; file: string } {
  const place = path.join(folder, `site-${readings.count++}`);
  const stateDir = path.join(place, 'state');
  const file = path.join(place, 'profiles', 'site.yaml');
  mkdirSync(stateDir, { recursive: true });
  mkdirSync(path.dirname(file));
  for (const [name, content] of [
    ['empty', ''],
    ['text.pem', 'not a certificate'],
    ['broken.pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n']
  ] as const) {
    writeFileSync(path.join(path.dirname(file), name), content);
  }
  writeFileSync(file, text);
  const db = openDatabase(stateDir);
  const config = Config.parse({ stateDir, runtimeDir: stateDir, profilePaths: [file] });
  const events = new EventLog(db, systemClock);
  const facility = new FacilityService(config, place, new SettingsStore(db), events);
  let commandLine = '';
  try {
    facility.chooseFile(file);
  } catch (error) {
    assert.ok(error instanceof ProblemError);
    assert.equal(error.slug, 'bad-profile');
    commandLine = error.message;
  }
  const panel = facility.describe().profiles.find(({ id }) => id === 'site')?.mistake ?? '';
  db.close();
  return { commandLine, panel, file };
}
readings.count = 0;

function names(text: string, place: string, sentence: RegExp): void {
  const { commandLine, file, panel } = readings(text);
  assert.ok(commandLine.includes(file), commandLine);
  for (const said of [commandLine, panel]) {
    assert.ok(said.includes(`${place}: `), said);
    assert.match(said, sentence);
    assert.ok(!said.includes(secret) && !said.includes('\n'), said);
  }
}

describe('a bad profile names file, line and field', () => {
  it('for an unknown key', () => {
    names(`${stores}    speed: 9\n`, 'line 8, stores[0].speed', /there is no such key/);
    names(`${head}colour: red\n`, 'line 3, colour', /there is no such key/);
  });

  it('for a value of the wrong type', () => {
    names(`${stores}    streams: many\n`, 'line 8, stores[0].streams', /expected number/);
    names(`${head}stores: data\n`, 'line 3, stores', /expected array/);
    names(`${stores}    streams: 99\n`, 'line 8, stores[0].streams', /<=16/);
    names('id: site\ntitle: [1]\n', 'line 2, title', /expected string/);
  });

  it('for an address that is none', () => {
    names(
      `${head}stores:\n  - { id: a, title: A, kind: http, url: ftp://x }\n`,
      'line 4, stores[0].url',
      /must be an http\(s\) address/
    );
  });

  it('for a certificate file that is missing or holds none', () => {
    for (const [name, sentence] of [
      ['missing.pem', /there is no file \/.*\/missing\.pem/],
      ['empty', /empty holds no certificate \(PEM\)/],
      ['text.pem', /text\.pem holds no certificate \(PEM\)/],
      ['broken.pem', /broken\.pem holds no certificate \(PEM\)/],
      ['.', /profiles is not a file/]
    ] as const) {
      names(`${stores}    ca_file: ${name}\n`, 'line 8, stores[0].ca_file', sentence);
      names(
        `${providers}    ca_file: ${name}\n    device: { client_id: x }\n`,
        'line 7, providers[0].ca_file',
        sentence
      );
    }
  });

  it('for a file with a client’s secret that is missing or empty', () => {
    for (const [name, sentence] of [
      ['missing', /there is no file \/.*\/missing/],
      ['empty', /empty is empty/]
    ] as const) {
      names(
        `${providers}    device:\n      client_id: x\n      secret_file: ${name}\n`,
        'line 9, providers[0].device.secret_file',
        sentence
      );
    }
  });

  it('for a key of a repository that is missing or none', () => {
    for (const [name, sentence] of [
      ['missing.pub', /there is no file \/.*\/missing\.pub/],
      ['text.pem', /text\.pem holds no public key \(PEM\)/]
    ] as const) {
      names(
        `${repositories}    keys:\n      - ${name}\n`,
        'line 10, repositories[0].keys[0]',
        sentence
      );
    }
  });

  it('for a secret that stands in it, which is not repeated', () => {
    names(
      `${providers}    device: { client_id: x, client_secret: ${secret} }\n`,
      'line 7, providers[0].device.client_secret',
      /must not stand in a profile: put it into a file/
    );
    names(
      `${head}stores:\n  - { id: a, title: A, kind: http, url: "https://alice:${secret}@data.example.org/" }\n`,
      'line 4, stores[0].url',
      /an address with a password must not stand/
    );
  });

  it('for a provider that a store names and nobody knows', () => {
    names(
      `${stores}    token_from: idp\n`,
      'line 8, stores[0].token_from',
      /there is no provider "idp"/
    );
  });

  it('for text that is no YAML', () => {
    const { commandLine, panel } = readings('id: site\ntitle: "open\n');
    for (const said of [commandLine, panel]) {
      assert.match(said, /line \d+: /);
    }
  });
});
