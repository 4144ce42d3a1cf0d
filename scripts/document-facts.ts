import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** What documents may name beside files: looked up in the program, so that a renamed word is found. */
export interface Facts {
  /** Commands of `jupyter panosc`, each with its `--options`. */
  readonly commands: ReadonlyMap<string, ReadonlySet<string>>;
  /** Options before the command. */
  readonly globalOptions: ReadonlySet<string>;
  /** Scripts of package.json. */
  readonly npmScripts: ReadonlySet<string>;
  /** Traits of the class `Panosc`. */
  readonly traits: ReadonlySet<string>;
  /** Parts of `scripts/test --only`. */
  readonly testParts: ReadonlySet<string>;
  /** Names of `scripts/bench`. */
  readonly benchmarks: ReadonlySet<string>;
  /** Text of everything that reads environment variables. */
  readonly readers: string;
}

const optionsIn = (text: string): Set<string> =>
  new Set([...text.matchAll(/--[a-z][a-z-]*/g)].map(([option]) => option));

/** Asks the program itself, and the files that decide. */
export function readFacts(root: string): Facts {
  const read = (name: string): string => readFileSync(path.join(root, name), 'utf8');
  const cli = (...words: string[]): string =>
    execFileSync(process.execPath, [path.join(root, 'server/src/main.ts'), 'cli', ...words], {
      encoding: 'utf8'
    });
  const help = cli('help');
  const names = [...(help.split('Options before')[0] ?? '').matchAll(/^ {2}([a-z]+)/gm)].map(
    ([, name]) => name ?? ''
  );
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const tracked = execFileSync(
    'git',
    ['ls-files', '-z', 'jupyterlab_panosc', 'server/src', 'server/test', 'scripts', 'ui-tests'],
    { cwd: root, encoding: 'utf8', maxBuffer: 64_000_000 }
  );
  return {
    commands: new Map(names.map(name => [name, optionsIn(cli(name, '--help'))])),
    globalOptions: optionsIn(help),
    npmScripts: new Set(Object.keys(scripts)),
    traits: new Set(
      [...read('jupyterlab_panosc/launcher.py').matchAll(/^ {4}(\w+) = .*config=True/gm)].map(
        ([, name]) => name ?? ''
      )
    ),
    testParts: new Set(/--only (checks\|[\w|]+)/.exec(read('scripts/test'))?.[1]?.split('|')),
    benchmarks: new Set(
      /^echo "usage: scripts\/bench NAME, one of: ([\w -]+)"/m
        .exec(read('scripts/bench'))?.[1]
        ?.split(' ')
    ),
    readers: tracked
      .split('\0')
      .filter(name => /\.(ts|py|mjs)$|^scripts\/\w+$/.test(name))
      .map(name => {
        try {
          return read(name);
        } catch {
          return ''; // removed, but not committed yet
        }
      })
      .join('\n')
  };
}
