import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ProfileFile } from '../../src/facility/profile-file.ts';
import { makeRepositoryKeys } from '../fakes/cvmfs/repository-keys.ts';
import { makeAuthority } from '../support/private-authority.ts';
import { tempDir } from '../support/temp-dir.ts';

const folder = tempDir('profiles');

function profileFrom(text: string): ProfileFile {
  const file = path.join(folder, 'a.yaml');
  writeFileSync(file, text);
  return new ProfileFile(file);
}

const start = 'id: a\ntitle: A\n';
const provider = `${start}providers:
  - id: idp
    title: IdP
    issuer: https://idp.example.org
`;
/** Stands for every secret below: it may be in no sentence. */
const CANARY = 'c4n4ry-v4lu3';

describe('a profile file', () => {
  it('is used when nothing is wrong with it', () => {
    const { id, mistake, profile } = profileFrom(`${provider}    device: { client_id: c }\n`);
    assert.deepEqual([id, mistake, profile?.providers.length], ['a', null, 1]);
  });

  it('names the line and the field of every mistake', () => {
    const mistakes: [string, string][] = [
      [`${start}stoers: []\n`, 'line 3, stoers: there is no such key.'],
      [
        `${provider}    devise: { client_id: c }\n`,
        'line 4, providers[0].device: is missing; line 7, providers[0].devise: there is no such key.'
      ],
      [
        `${start}clusters:\n  - id: c\n    title: C\n    kind: pbs\n`,
        'line 6, clusters[0].kind: must be "slurm-cli" or "local".'
      ],
      [`id: a\ntitle: 7\n`, 'line 2, title: expected string, received number.'],
      [
        `${start}stores:\n  - { id: s, title: S, kind: http, url: "https://x.example.org/", token_from: no }\n`,
        'line 4, stores[0].token_from: there is no provider "no".'
      ],
      [
        `${start}catalogues:\n  - id: c\n    title: C\n    kind: panosc-search\n    api: https://x.example.org\n    checksums: { header: X }\n`,
        'line 8, catalogues[0].checksums: has none of the forms that it may have.'
      ],
      [`${start}title: B\n`, 'line 3: Map keys must be unique.'],
      [`${start}help: "open\n`, 'line 4: Missing closing "quote.'],
      [`- 1\n`, 'expected object, received array.'],
      ['', 'expected object, received null.']
    ];
    for (const [text, expected] of mistakes) {
      const { mistake, profile } = profileFrom(text);
      assert.equal(profile, null, expected);
      assert.equal(mistake, expected);
    }
  });

  it('names files that are not there, and finds those that are', () => {
    const text = `${provider}    ca_file: ca/root.pem
    device: { client_id: c, secret_file: idp.secret }
repositories:
  - kind: cvmfs-http
    fqrn: software.example.org
    title: Software
    servers: [http://stratum1.example.org/cvmfs/software.example.org]
    keys:
      - |
        -----BEGIN PUBLIC KEY-----
      - keys/b.pub
    roots: [{ path: /images, layout: flat }]
`;
    assert.equal(
      profileFrom(text).mistake,
      `line 7, providers[0].ca_file: there is no file ${folder}/ca/root.pem; ` +
        `line 8, providers[0].device.secret_file: there is no file ${folder}/idp.secret; ` +
        `line 17, repositories[0].keys[1]: there is no file ${folder}/keys/b.pub.`
    );
    for (const [name, content] of [
      ['ca/root.pem', makeAuthority(path.join(folder, 'authority')).pem],
      ['idp.secret', 'a secret'],
      ['keys/b.pub', makeRepositoryKeys('software.example.org', 0).masterPublic]
    ] as const) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), content);
    }
    assert.equal(profileFrom(text).mistake, null);
  });

  it('refuses a secret, says where it stands, and never repeats it', () => {
    const key = `-----BEGIN RSA PRIVATE KEY-----\\n${CANARY}\\n-----END RSA PRIVATE KEY-----`;
    const secrets: [string, RegExp][] = [
      [
        `${provider}    device: { client_id: c, client_secret: ${CANARY} }\n`,
        /^line 7, providers\[0\]\.device\.client_secret: a secret must not stand in a profile/
      ],
      [`${start}password: ${CANARY}\n`, /^line 3, password: a secret must not/],
      [`${start}apiKey: ${CANARY}\n`, /^line 3, apiKey: a secret must not/],
      [
        `${start}transfers:\n  access-token: ${CANARY}\n`,
        /^line 4, transfers\.access-token: a sec/
      ],
      [`${start}help: "${key}"\n`, /^line 3, help: a private key must not/],
      [
        `${start}ask:\n  - what: eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.${CANARY}\n`,
        /^line 4, ask\[0\]\.what: a token/
      ],
      [
        `${start}stores:\n  - url: https://alice:${CANARY}@data.example.org/\n`,
        /^line 4, stores\[0\]\.url: an address with a password/
      ],
      [
        `${start}catalogues:\n  - api: https://x.example.org/?access_token=${CANARY}\n`,
        /^line 4, catalogues\[0\]\.api: an address with a token/
      ],
      [`${start}x: &a\n  secret: ${CANARY}\n  again: *a\n`, /^line 4, x\.secret: a secret must/]
    ];
    for (const [text, expected] of secrets) {
      const { mistake, profile } = profileFrom(text);
      assert.equal(profile, null, text);
      assert.match(mistake ?? '', expected);
      assert.doesNotMatch(mistake ?? '', new RegExp(CANARY));
    }
    for (const broken of [
      `password: "${CANARY}`,
      `password: ${CANARY}: ${CANARY}`,
      `a: @${CANARY}`
    ]) {
      const { mistake } = profileFrom(`${start}${broken}\n`);
      assert.doesNotMatch(mistake ?? CANARY, new RegExp(CANARY), broken);
    }
  });

  it('ends on hostile YAML with a mistake', () => {
    const laughs = Array.from(
      { length: 9 },
      (_, index) =>
        `k${index}: &k${index} [${Array.from({ length: 9 }, () => (index === 0 ? 'x' : `*k${index - 1}`)).join(', ')}]\n`
    ).join('');
    for (const text of [
      laughs,
      '&a [*a]\n',
      '? [a]\n: b\n',
      '!!binary x\n',
      '\u0000',
      '%YAML 9.9\n---\n['
    ]) {
      const { mistake, profile } = profileFrom(text);
      assert.equal(profile, null, text);
      assert.notEqual(mistake, null);
    }
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), text => {
        const { mistake } = profileFrom(`${start}${text}`);
        assert.ok(mistake === null || !mistake.includes('\n'), mistake ?? '');
      }),
      { numRuns: 300 }
    );
  });

  it('says where a key stands', () => {
    const profile = profileFrom(`${provider}    device: { client_id: c }\n`);
    assert.equal(
      profile.placeOf(['providers', 0, 'issuer']),
      `${folder}/a.yaml, line 6, providers[0].issuer`
    );
  });

  it('says of a file that cannot be read that it cannot', () => {
    const { id, mistake, profile } = new ProfileFile(path.join(folder, 'gone.yaml'));
    assert.deepEqual([id, profile], ['gone', null]);
    assert.match(mistake ?? '', /ENOENT/);
    assert.equal(
      profileFrom(`id: a\n#${'x'.repeat(1_000_000)}`).mistake,
      'The file is larger than 1 MB.'
    );
  });
});
