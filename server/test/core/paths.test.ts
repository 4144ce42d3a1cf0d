import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { expandHome, isInside, realPathOfExistingPart } from '../../src/core/paths.ts';
import { tempDir } from '../support/temp-dir.ts';

describe('paths', () => {
  it('starts at the home folder and has no dots', () => {
    assert.equal(expandHome('~/data', '/home/alice'), '/home/alice/data');
    assert.equal(expandHome('~', '/home/alice'), '/home/alice');
    assert.equal(expandHome('data/../x', '/home/alice'), '/home/alice/x');
    assert.equal(expandHome('/scratch/a', '/home/alice'), '/scratch/a');
    assert.throws(() => expandHome('a\0b', '/home/alice'), { slug: 'path-not-allowed' });
  });

  it('knows inside from beside', () => {
    assert.ok(isInside('/a/b', '/a'));
    assert.ok(isInside('/a', '/a'));
    assert.ok(!isInside('/ab', '/a'));
    assert.ok(!isInside('/', '/a'));
    assert.ok(isInside('/a/..b', '/a'), 'a name that begins with two dots is inside');
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'b', '..', '.', 'c..'), { maxLength: 8 }),
        segments => {
          const full = path.resolve('/root/x', segments.join('/'));
          assert.equal(
            isInside(full, '/root/x'),
            full === '/root/x' || full.startsWith('/root/x/')
          );
        }
      )
    );
  });

  it('follows links of the part that exists', () => {
    const folder = tempDir('paths');
    mkdirSync(path.join(folder, 'real'));
    symlinkSync(path.join(folder, 'real'), path.join(folder, 'link'));
    assert.equal(
      realPathOfExistingPart(path.join(folder, 'link', 'not', 'yet')),
      path.join(realPathOfExistingPart(folder), 'real', 'not', 'yet')
    );
  });
});
