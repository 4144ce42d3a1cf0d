import assert from 'node:assert/strict';
import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { environmentAuthority } from '../../src/core/environment-authority.ts';
import { viaFor } from '../../src/core/via.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir('environment-authority');
const pem = (name: string) => `-----BEGIN CERTIFICATE-----\n${name}\n`;

describe('the authorities that the environment names', () => {
  it('are read again after a minute, and only when the file has changed', () => {
    const file = path.join(root, 'changing.pem');
    const put = (name: string, at: number): void => {
      writeFileSync(file, pem(name));
      utimesSync(file, at, at);
    };
    let nowMs = 0;
    const env = { SSL_CERT_FILE: file };
    const read = () => environmentAuthority(env, { monotonic: () => nowMs })?.pem;
    put('first', 1000);
    assert.equal(read(), pem('first'));
    put('second', 2000);
    nowMs = 59_999;
    assert.equal(read(), pem('first'), 'not looked at within the minute');
    nowMs = 60_000;
    assert.equal(read(), pem('second'));
    put('third', 2000);
    nowMs = 120_000;
    assert.equal(read(), pem('second'), 'as old as before: not read');
    rmSync(file);
    nowMs = 180_000;
    assert.equal(read(), null);
    put('fourth', 2000);
    nowMs = 240_000;
    assert.equal(read(), pem('fourth'));
  });

  it('belong to one environment and one variable', () => {
    const [one, two] = ['one', 'two'].map(name => {
      const file = path.join(root, `${name}.pem`);
      writeFileSync(file, pem(name));
      return file;
    });
    const env: Record<string, string | undefined> = { SSL_CERT_FILE: one };
    assert.equal(environmentAuthority(env)?.pem, pem('one'));
    assert.equal(environmentAuthority({ SSL_CERT_FILE: two })?.pem, pem('two'));
    env['SSL_CERT_FILE'] = two;
    assert.equal(environmentAuthority(env)?.pem, pem('two'));
    assert.equal(environmentAuthority({}), null);
  });

  it('are not asked for by http', () => {
    const file = path.join(root, 'asked.pem');
    writeFileSync(file, pem('asked'));
    const env = { SSL_CERT_FILE: file };
    assert.equal(viaFor(new URL('http://data.test/'), env, null).ca, null);
    assert.equal(viaFor(new URL('http://data.test/'), env, pem('own')).ca, null);
    assert.equal(viaFor(new URL('https://data.test/'), env, null).ca, pem('asked'));
    assert.equal(viaFor(new URL('https://data.test/'), env, pem('own')).ca, pem('own'));
  });
});
