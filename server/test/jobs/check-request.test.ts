import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { JobRequest } from '#contract';
import { ClusterProfile } from '../../src/facility/profile.ts';
import { checkRequest, dataRoots } from '../../src/jobs/check-request.ts';
import { ownDirectives } from '../../src/jobs/directives.ts';
import { buildScript } from '../../src/jobs/script.ts';
import { tempDir } from '../support/temp-dir.ts';

const slurm = ClusterProfile.parse({ id: 'c', title: 'Cluster', kind: 'slurm-cli' });
const local = ClusterProfile.parse({ id: 'l', title: 'This machine', kind: 'local' });
const root = tempDir('check');
const home = path.join(root, 'home');
mkdirSync(home);
symlinkSync('/etc', path.join(home, 'way-out'));

const fields = (more: object, profile = slurm): string[] =>
  checkRequest(
    { ...JobRequest.parse({ name: 'n', script: 'x', workdir: home }), ...more },
    profile,
    [home]
  ).map(({ field, severity }) => `${severity} ${field}`);

describe('what is wrong with a request', () => {
  it('is nothing when all is well', () => {
    assert.deepEqual(
      fields({
        name: 'a+b@c_1.2-3',
        partition: 'gpu',
        account: 'prop-2025-0042',
        comment: 'größer | besser; <b>',
        gpus: { type: 'nvidia_a100_3g.20gb', count: 1 },
        workdir: path.join(home, 'ein Ordner %j $(id)'),
        binds: [{ path: `${home}/in`, write: false }],
        result: 'out/picture.png'
      }),
      []
    );
  });

  it('is every word that sbatch, a shell or an option parser could take for another', () => {
    const evil = [
      'a\n#SBATCH -A x',
      'a\r',
      '$(id)',
      '`id`',
      "a'b",
      'a"b',
      'a\\',
      '-rf',
      '--x',
      'a b',
      '',
      'é'
    ];
    for (const text of evil) {
      assert.deepEqual(fields({ name: text }), ['error name'], text);
      assert.deepEqual(fields({ partition: text }), ['error partition'], text);
      assert.deepEqual(fields({ account: text }), ['error account'], text);
      assert.deepEqual(fields({ gpus: { type: text, count: 1 } }), ['error gpus'], text);
    }
    for (const text of ['a\nb', 'a"b', 'a#b', 'a$b', 'a\u202eb', 'a\u2028b', "a'b", 'a\\b']) {
      assert.deepEqual(fields({ comment: text }), ['error comment'], text);
    }
    assert.deepEqual(
      fields({ gpus: { type: '40', count: 1 } }),
      ['error gpus'],
      'reads as a count'
    );
  });

  it('never lets through what would add a directive, whatever the words are', () => {
    const word = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.string({
        unit: fc.constantFrom('a', '\n', '#', 'S', '"', "'", ' ', '-', '=', '\r', '\u2028')
      })
    );
    fc.assert(
      fc.property(word, word, word, word, (name, partition, account, comment) => {
        const wish = {
          ...JobRequest.parse({ name: 'n', script: 'x', workdir: home }),
          name,
          partition,
          account,
          comment
        };
        if (checkRequest(wish, slurm, [home]).some(({ severity }) => severity === 'error')) {
          return;
        }
        const lines = buildScript(wish, slurm, null, '/f').split('\n');
        const expected = comment === '' ? 3 : 4;
        assert.equal(lines.filter(line => line.startsWith('#SBATCH')).length, expected);
        assert.equal(lines.length, expected + 3);
      }),
      { numRuns: 2000 }
    );
  });

  it('is a folder outside the roots, also through a link, and one that cannot be bound', () => {
    for (const folder of [
      '/etc',
      '/',
      'relative',
      `${home}-other`,
      `${home}/way-out`,
      `${home}/way-out/new`,
      `${home}/../x`,
      `${home}/./x`,
      `${home}/a:b`,
      `${home}/a,b`,
      `${home}/a'b`,
      `${home}/a\nb`
    ]) {
      assert.deepEqual(fields({ workdir: folder }), ['error workdir'], folder);
      assert.deepEqual(fields({ binds: [{ path: folder }] }), ['error binds.0'], folder);
    }
  });

  it('is a result that does not lie in the folder', () => {
    for (const result of ['../x', '/etc/passwd', 'a/../../x', '.', 'a\nb', '']) {
      assert.deepEqual(fields({ result }), ['error result'], result);
    }
  });

  it('is a script that sbatch would not take', () => {
    assert.deepEqual(fields({ script: '#!/bin/bash\r\necho\r\n' }), ['error script']);
    assert.deepEqual(fields({ script: 'a\0b' }), ['error script']);
  });

  it('is what local processes do not have', () => {
    assert.deepEqual(fields({ gpus: { count: 1 }, partition: 'gpu' }, local), [
      'error gpus',
      'error partition'
    ]);
  });

  it('is a directive with which nobody could follow the job', () => {
    for (const line of ['--wait', '-W', '--test-only', '-M other', '--clusters=other', '--uid=0']) {
      assert.deepEqual(fields({ script: `#SBATCH ${line}\nid` }), ['error script'], line);
    }
    assert.deepEqual(fields({ script: 'id\n#SBATCH --wait' }), [], 'sbatch does not read it');
  });

  it('is a directive that the form overrules, or that asks for GPUs twice', () => {
    assert.deepEqual(fields({ script: '#SBATCH -t 5\nid', timeMinutes: 9 }), [
      'warning timeMinutes'
    ]);
    assert.deepEqual(fields({ script: '#SBATCH -t 5\nid' }), []);
    assert.deepEqual(fields({ script: '#SBATCH --gpus=2\nid', gpus: { count: 1 } }), [
      'error gpus'
    ]);
    assert.deepEqual(fields({ script: '#SBATCH --output=x\nid' }), ['warning script']);
  });
});

describe('own directives', () => {
  it('are read as sbatch reads them', () => {
    assert.deepEqual(
      ownDirectives(
        '#!/bin/sh\n#SBATCH --time=5 -p gpu\n ##SBATCH --wait\n #SBATCH --wait\n#SBATCH -W\n\necho\n#SBATCH -a 1'
      ),
      ['time', 'partition', 'wait']
    );
  });
});

describe('roots', () => {
  it('understand ~ and $USER, and leave out what nobody can say', () => {
    const profile = { ...slurm, data_roots: ['~', '/data/$USER', '/scratch'] };
    assert.deepEqual(dataRoots(profile, '/home/a', 'a'), ['/home/a', '/data/a', '/scratch']);
    assert.deepEqual(dataRoots(profile, '/home/a', ''), ['/home/a', '/scratch']);
  });
});
