import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Profile } from '../../src/facility/profile.ts';

const store = { id: 'store', title: 'Store', kind: 'http' };
const profileWith = (entry: object) => Profile.safeParse({ id: 'a', title: 'A', stores: [entry] });

describe('facility profile', () => {
  it('gives a token only to stores on https, or on this machine', () => {
    for (const url of ['https://data.example.org/', 'http://127.0.0.1:9000/x/', 'http://[::1]/']) {
      assert.ok(profileWith({ ...store, url, token_from: 'idp' }).success, url);
    }
    for (const url of [
      'http://data.example.org/',
      'http://127.0.0.1.example.org/',
      'http://10.0.0.1/'
    ]) {
      assert.ok(!profileWith({ ...store, url, token_from: 'idp' }).success, url);
      assert.ok(profileWith({ ...store, url }).success, `${url} without a token`);
    }
  });

  it('takes no key that it does not know', () => {
    const read = profileWith({ ...store, url: 'https://data.example.org/', tokenFrom: 'idp' });
    assert.match(read.error?.message ?? '', /tokenFrom/);
  });
});
