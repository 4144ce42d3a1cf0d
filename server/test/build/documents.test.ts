import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { documentsOf, mistakesIn, wrongPictures } from '../../../scripts/check-docs.ts';
import type { Facts } from '../../../scripts/document-facts.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir('documents');
mkdirSync(path.join(root, 'docs', 'pictures'), { recursive: true });
mkdirSync(path.join(root, 'server', 'src'), { recursive: true });
writeFileSync(path.join(root, 'server', 'src', 'app.ts'), '');
mkdirSync(path.join(root, 'scripts'));
for (const name of ['test', 'bench']) {
  writeFileSync(path.join(root, 'scripts', name), '');
}
writeFileSync(path.join(root, 'docs', 'other.md'), '# Other\n\n## What is *kept*, and where?\n');
const facts: Facts = {
  commands: new Map([['pull', new Set(['--to'])]]),
  globalOptions: new Set(['--json', '--profile']),
  npmScripts: new Set(['lint']),
  traits: new Set(['state_dir']),
  testParts: new Set(['checks']),
  benchmarks: new Set(['start']),
  readers: 'env["PANOSC_STATE"]'
};

function mistakes(text: string): string[] {
  writeFileSync(path.join(root, 'docs', 'page.md'), text);
  return mistakesIn(root, 'docs/page.md', facts);
}

test('a document that can be followed has no mistakes', () => {
  assert.deepEqual(
    mistakes(
      [
        '[a](other.md) [b](other.md#what-is-kept-and-where) [c](https://example.org/x#y) ![d](../server)',
        'See `server/src/app.ts`, `server/src/*.ts`, `server/src/<domain>/port.ts` and `jupyterlab_panosc/companion/main.mjs`.',
        '```',
        'jupyter panosc --json pull 10.1/x --to DIR   # c.Panosc.state_dir, PANOSC_STATE',
        'npm run lint && scripts/test --only checks && scripts/bench start',
        '[not](a-link.md)',
        '```'
      ].join('\n')
    ),
    []
  );
});

test('whatever leads nowhere is named with its file and line', () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['[a](gone.md)', /^docs\/page\.md:2: the link gone\.md leads nowhere$/],
    ['![a](gone.png)', /gone\.png leads nowhere/],
    ['[a](other.md#nothing)', /docs\/other\.md has no heading #nothing/],
    ['[a](#nothing)', /docs\/page\.md has no heading #nothing/],
    ['`server/src/gone.ts`', /there is no server\/src\/gone\.ts/],
    ['`server/test/**/*.nothing`', /there is no server\/test/],
    ['`jupyter panosc fetch X`', /has no command "fetch"/],
    ['`jupyter panosc pull X --into Y`', /pull has no option --into/],
    ['`npm run nothing`', /npm script nothing/],
    ['`c.Panosc.folder`', /trait Panosc\. folder/],
    ['`scripts/test --only nothing`', /part of the tests nothing/],
    ['`PANOSC_NOTHING=1`', /nobody reads PANOSC_NOTHING/]
  ];
  for (const [text, expected] of wrong) {
    const found = mistakes(`# Page\n${text}\n`);
    assert.ok(
      found.some(mistake => expected.test(mistake)),
      `${text}: ${found.join(' | ')}`
    );
  }
});

test('a picture that nobody shows, or that is too heavy, is named', () => {
  writeFileSync(path.join(root, 'docs', 'pictures', 'lost.png'), '');
  writeFileSync(path.join(root, 'docs', 'pictures', 'heavy.png'), Buffer.alloc(200_000));
  mistakes('![heavy](pictures/heavy.png)');
  assert.deepEqual(wrongPictures(root, documentsOf(root)).sort(), [
    'docs/pictures/heavy.png: more than 160 kB',
    'docs/pictures/lost.png: no document shows it'
  ]);
});
