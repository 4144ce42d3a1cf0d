import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { pythonList, pythonLiteral } from '../../contract/copy-as/python-literal.ts';
import { quoteForShell, quotePath } from '../../contract/copy-as/quote-for-shell.ts';

const nasty = [
  '',
  ' ',
  '-rf',
  '--',
  "it's",
  "''''",
  '"$HOME" `id` $(id) ${IFS}',
  '\\',
  '\\n',
  '!event',
  '~/data',
  '~root',
  'a\nb\n',
  '\n\n',
  '\t\r\v\f',
  'tail\u001b[201~\nrm -rf /',
  '\u202egpj.exe',
  'a\u200b\ufeffb\u2028c',
  'Ünïcode – 数据 🙂',
  '%s %d %%',
  '\u0001\u007f\u0085\u009b',
  'x=1',
  '*?[a-z]{a,b}',
  '#no comment',
  '(sub) & ; | < >',
  'END_OF_SCRIPT'
];
/** Everything that an argument can hold: no zero byte, no half of a surrogate pair. */
const word = fc.oneof(
  fc.constantFrom(...nasty),
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.oneof(fc.constantFrom(...nasty), fc.string({ unit: 'grapheme' })))
    .map(parts => parts.join(''))
);
const argument = word.map(text => text.replaceAll('\0', ''));

/** The arguments that a program gets, when a shell has read this. */
function argumentsOf(shell: string, words: readonly string[]): string[] {
  const { status, stderr, stdout } = spawnSync(shell, ['-c', `printf '%s\\0' ${words.join(' ')}`], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: '/home/alice', LANG: 'C.UTF-8' }
  });
  assert.equal(status, 0, stderr);
  return stdout.split('\0').slice(0, -1);
}

describe('quoting for a shell', () => {
  for (const shell of ['sh', 'bash']) {
    it(`gives ${shell} every text as it was`, () => {
      fc.assert(
        fc.property(fc.array(argument, { minLength: 1, maxLength: 20 }), texts => {
          assert.deepEqual(argumentsOf(shell, texts.map(quoteForShell)), texts);
        }),
        { numRuns: 100, examples: [[nasty]] }
      );
    });
  }

  it('shows what it quotes: nothing in it is unseen, or turns the reading direction', () => {
    fc.assert(
      fc.property(argument, text => {
        assert.doesNotMatch(
          quoteForShell(text),
          /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/
        );
      })
    );
  });

  it('leaves the home folder to the shell in a path, and nowhere else', () => {
    const quoted = [
      quotePath('~/my data'),
      quotePath('~/'),
      quotePath('~root/x'),
      quoteForShell('~/x')
    ];
    assert.deepEqual(argumentsOf('sh', quoted), [
      '/home/alice/my data',
      '/home/alice/',
      '~root/x',
      '~/x'
    ]);
  });
});

describe('a literal of Python', () => {
  it('gives Python every text as it was', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), texts => {
        const program = `import json, sys\nsys.stdout.write(json.dumps(${pythonList(texts)}))\n`;
        const { status, stderr, stdout } = spawnSync('python3', ['-'], {
          input: program,
          encoding: 'utf8'
        });
        assert.equal(status, 0, stderr);
        assert.deepEqual(JSON.parse(stdout), texts);
      }),
      { numRuns: 20, examples: [[nasty]] }
    );
  });

  it('shows what it holds', () => {
    assert.equal(pythonLiteral('a\u202eb\u001b"\\'), String.raw`"a\u202eb\u001b\"\\"`);
  });
});
