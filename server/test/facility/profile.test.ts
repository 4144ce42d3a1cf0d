import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { schemaMistakes, sentenceOf } from '../../src/facility/profile-mistakes.ts';
import { Profile } from '../../src/facility/profile.ts';

const store = { id: 'store', title: 'Store', kind: 'http' };
const idp = {
  id: 'idp',
  title: 'IdP',
  issuer: 'https://idp.example.org/',
  device: { client_id: 'c' }
};
const nowhere = (): null => null;
const profileWith = (entry: object) =>
  Profile.safeParse({ id: 'a', title: 'A', providers: [idp], stores: [entry] });

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

  it('names the place and the mistake, in one line', () => {
    const mistakes: [object, RegExp][] = [
      [{ title: 'A' }, /^id: is missing\.$/],
      [{ id: 'A b', title: 'A' }, /^id: must be lower-case letters, digits and dashes\.$/],
      [{ id: 'a', title: 'A', stoers: [] }, /^stoers: there is no such key\.$/],
      [{ id: 'a', title: 1 }, /^title: expected string, received number\.$/],
      [
        { id: 'a', title: 'A', clusters: [{ id: 'c', title: 'C', kind: 'pbs' }] },
        /^clusters\[0\]\.kind: must be "slurm-cli" or "local"\.$/
      ],
      [
        { id: 'a', title: 'A', stores: [{ ...store, url: 'https://x.org/', token_from: 'no' }] },
        /^stores\[0\]\.token_from: there is no provider "no"\.$/
      ],
      [
        { id: 'a', title: 'A', stores: [1, 2].map(() => ({ ...store, url: 'https://x.org/' })) },
        /^stores\[1\]\.id: "store" is there twice\.$/
      ],
      [{ id: 'a', title: 'A', stores: [{ ...store, url: 'x' }] }, /^stores\[0\]\.url: must be an/]
    ];
    for (const [profile, expected] of mistakes) {
      const { error } = Profile.safeParse(profile);
      assert.ok(error !== undefined, String(expected));
      assert.match(sentenceOf(schemaMistakes(error), nowhere), expected);
    }
    const many = Profile.safeParse({ a: 1, providers: Array.from({ length: 9 }, () => ({})) });
    assert.match(sentenceOf(schemaMistakes(many.error as never), nowhere), /; and \d+ more\.$/);
  });

  it('takes no key that it does not know', () => {
    const read = profileWith({ ...store, url: 'https://data.example.org/', tokenFrom: 'idp' });
    assert.match(read.error?.message ?? '', /tokenFrom/);
  });
});
