import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { folderNameOf } from '#contract';
import { Profile } from '../../src/facility/profile.ts';
import { ProblemError } from '../../src/core/problem.ts';
import { destinationOf, folderNameOfAddress } from '../../src/transfers/destination.ts';
import { isBelowStore, storeOf } from '../../src/transfers/puller/allowed-url.ts';
import { checkName, leftoversOf } from '../../src/transfers/puller/target.ts';
import { StoreProfile } from '../../src/facility/profile.ts';
import { tempDir } from '../support/temp-dir.ts';

const refused = (name: string) => (error: unknown) =>
  error instanceof ProblemError &&
  error.slug === 'bad-file-name' &&
  // A name is shown as JSON, so that nothing in it can act on a terminal or a page.
  !/[\u0000-\u001f\u007f-\u009f\u202e]/.test(error.message) &&
  name !== undefined;

test('file names that have no place on a disk are refused with a sentence', () => {
  for (const name of [
    '../x',
    'a/../../x',
    '..',
    '.',
    '',
    '/etc/passwd',
    'a//b',
    'a/',
    'two\nlines',
    'a\rb',
    'nul\0',
    'bell\u0007',
    'esc\u001b[31m',
    'c1\u0085',
    'rtl\u202egnp.exe',
    'isolate\u2066x',
    'mark\u200fx',
    'arabic\u061cx',
    'x'.repeat(300),
    'é'.repeat(130),
    `ok/${'x'.repeat(256)}`,
    '.scan.h5.panosc-part',
    'sub/.scan.h5.panosc-journal'
  ]) {
    assert.throws(() => checkName(name), refused(name), JSON.stringify(name));
  }
});

test('odd names that a disk can hold are fine', () => {
  for (const name of [
    '-rf',
    '--help',
    ' ',
    'a b',
    'Größe.h5',
    '日本語.nxs',
    'x'.repeat(255),
    '$(id)',
    '`id`',
    'a;b',
    '...',
    '.hidden',
    "it's",
    '*',
    'sub/scan.h5',
    'a\\b',
    'panosc-part'
  ]) {
    assert.doesNotThrow(() => checkName(name), name);
  }
});

test('no accepted name leads out of its folder, and ours beside it fit too', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.constantFrom('..', '.', '')),
        {
          minLength: 1,
          maxLength: 4
        }
      ),
      segments => {
        const name = segments.join('/');
        try {
          checkName(name);
        } catch {
          return;
        }
        const target = path.join('/root-of-pulls', ...name.split('/'));
        assert.ok(target.startsWith('/root-of-pulls/'));
        const { journalFile, partFile } = leftoversOf(target);
        for (const file of [journalFile, partFile]) {
          assert.equal(path.dirname(file), path.dirname(target));
          assert.ok(Buffer.byteLength(path.basename(file)) <= 255);
          assert.throws(() => checkName(path.basename(file)));
        }
      }
    )
  );
});

test('long names keep apart', () => {
  const a = leftoversOf(`/d/${'x'.repeat(250)}a`);
  const b = leftoversOf(`/d/${'x'.repeat(250)}b`);
  assert.notEqual(a.partFile, b.partFile);
});

const store = (url: string, id = 'store'): StoreProfile =>
  StoreProfile.parse({ id, title: 'Store', kind: 'http', url });

test('addresses at or below the store are allowed', () => {
  for (const url of [
    'https://data.example.org/open/a.h5',
    'https://data.example.org/open/sub/a%20b.h5?version=2',
    'https://data.example.org/open',
    'https://DATA.example.org:443/open/x',
    'https://data.example.org/open/sub/../a.h5',
    'https://data.example.org/x/../open/a.h5'
  ]) {
    assert.ok(isBelowStore(new URL(url), store('https://data.example.org/open')), url);
    assert.ok(
      isBelowStore(new URL(url), store('https://data.example.org/open/')) || url.endsWith('/open')
    );
  }
});

test('no other address passes', () => {
  for (const url of [
    'http://data.example.org/open/a',
    'https://data.example.org:8443/open/a',
    'https://data.example.org.evil.example/open/a',
    'https://evil.example/open/a',
    'https://data.example.org@evil.example/open/a',
    'https://user@data.example.org/open/a',
    'https://user:pass@data.example.org/open/a',
    'https://data.example.org/openly/a',
    'https://data.example.org/open.bak',
    'https://data.example.org/',
    'https://data.example.org/open/../secret',
    'https://data.example.org/open/%2e%2e/secret',
    'https://data.example.org/open/%2E%2E/secret',
    'https://data.example.org/open/.%2e/secret',
    'https://data.example.org/open/..%2fsecret',
    'https://data.example.org/open/..%5csecret',
    'https://data.example.org/open/..\\..\\secret',
    'https://data.example.org/open/..%00/secret',
    'https://data.example.org//open/a',
    'ftp://data.example.org/open/a',
    'file:///open/a'
  ]) {
    assert.ok(!isBelowStore(new URL(url), store('https://data.example.org/open')), url);
  }
});

test('whatever is put behind the store, what passes stays in it', () => {
  const base = store('https://data.example.org/open');
  const piece = fc.constantFrom(
    '..',
    '%2e%2e',
    '.',
    '/',
    '\\',
    '%5c',
    '%2f',
    'a',
    '@',
    ':',
    '?',
    '#',
    '%00',
    ' '
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
      const text = `https://data.example.org/open/${pieces.join('')}`;
      if (!URL.canParse(text) || !isBelowStore(new URL(text), base)) {
        return;
      }
      const url = new URL(text);
      assert.equal(url.origin, 'https://data.example.org');
      // As a server sees it that decodes once and then walks the path.
      const walked = path.posix.normalize(decodeURIComponent(url.pathname).replaceAll('\\', '/'));
      assert.ok(walked === '/open' || walked.startsWith('/open/'), `${text} → ${walked}`);
    }),
    { numRuns: 2000 }
  );
});

test('the longest fitting store wins; none is a problem that shows no query', () => {
  const stores = [store('https://d.example/', 'all'), store('https://d.example/deep', 'deep')];
  assert.equal(storeOf(new URL('https://d.example/deep/x'), stores).id, 'deep');
  assert.equal(storeOf(new URL('https://d.example/deeper/x'), stores).id, 'all');
  assert.throws(
    () => storeOf(new URL('https://other.example/x?token=hush'), stores),
    (error: unknown) =>
      error instanceof ProblemError &&
      error.slug === 'store-not-allowed' &&
      !error.message.includes('hush')
  );
});

test('a folder name is never hidden, never empty, never a path', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), title => {
      const name = folderNameOf(title);
      assert.match(name, /^[A-Za-z0-9_][A-Za-z0-9._-]*$/);
      assert.ok(name.length <= 40);
    })
  );
  assert.equal(folderNameOf('Röntgen: Laue / 20.500/abc'), 'Ro-ntgen-Laue-20.500-abc');
  assert.equal(folderNameOf('../..'), 'dataset');
});

test('a long title is cut at a word and keeps the end of its PID', () => {
  const title = 'Serial crystallography of lysozyme at room temperature, sample ';
  const names = ['10.5072/ma-0042', '10.5072/ma-0043'].map(pid => folderNameOf(`${title}A`, pid));
  assert.deepEqual(names, [
    'Serial-crystallography-of-ma-0042',
    'Serial-crystallography-of-ma-0043'
  ]);
  assert.equal(
    folderNameOf('Fast tomography of a metal foam under load, 2026-05-01'),
    'Fast-tomography-of-a-metal-2026-05-01',
    'a title alone keeps its own end'
  );
  assert.equal(
    folderNameOf('x'.repeat(60), '9c2e1c5e-0d6c-4a3e-8f7b-1234567890ab'),
    `${'x'.repeat(29)}-34567890ab`
  );
  assert.equal(folderNameOf('Scan 42 of 2026-05-01', '20.500.99999/scan'), 'Scan-42-of-2026-05-01');
});

test('files of one name from different places get different folders', () => {
  const of = (target: string): string =>
    folderNameOfAddress(
      new URL(`https://data.example.org/open/${target}`),
      store('https://data.example.org/open')
    );
  assert.equal(of('a/scan.h5'), 'a');
  assert.equal(of('b/scan.h5'), 'b');
  assert.equal(of('2026/p%201/raw/scan.h5'), '2026-p-1-raw');
  assert.equal(of('scan.h5'), 'scan.h5');
  const long = (sample: string) =>
    of(`instrument/2026/cycle-3/proposal-12345/sample-${sample}/raw/scan.h5`);
  assert.match(long('a'), /^instrument-2026-cycle-3-proposal-[0-9a-f]{6}$/);
  assert.notEqual(long('a'), long('b'));
});

test('a destination lies below an allowed root, links followed', () => {
  const home = tempDir('destination');
  mkdirSync(path.join(home, 'data'));
  symlinkSync('/', path.join(home, 'data', 'out'));
  const profile = Profile.parse({ id: 'p', title: 'P', transfers: { roots: ['~/data'] } });
  const of = (to?: string) => destinationOf(to, folderNameOf('My scan'), profile, home);
  assert.equal(of().to, path.join(home, 'data', 'My-scan'));
  assert.equal(of('~/data/x').to, path.join(home, 'data', 'x'));
  assert.equal(of('data/x').to, path.join(home, 'data', 'x'));
  for (const to of [
    '/etc',
    '~',
    '~/data/../other',
    'data/out/etc',
    '~/database',
    '/',
    '~/data/..'
  ]) {
    assert.throws(
      () => of(to),
      (error: unknown) => error instanceof ProblemError && error.slug === 'path-not-allowed',
      to
    );
  }
});
