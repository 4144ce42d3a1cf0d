import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const cache = path.join(root, '.cache', 'labs');
const uv = path.join(root, '.venv', 'bin', 'uv');

/** A virtual environment beside the one that everything is built in. */
export interface Environment {
  readonly folder: string;
  readonly bin: string;
  readonly python: string;
}

/** The wheel that `scripts/setup` has built: what is tested is what is shipped. */
export function wheelFile(): string {
  const dist = path.join(root, 'dist');
  const [name, ...more] = existsSync(dist)
    ? readdirSync(dist).filter(file => file.endsWith('.whl'))
    : [];
  if (name === undefined || more.length > 0) {
    throw new Error(`There must be one wheel in ${dist}: run scripts/test, which builds it.`);
  }
  return path.join(dist, name);
}

const contentHash = (file: string): string =>
  createHash('sha256').update(readFileSync(file)).digest('hex');

function install(python: string, packages: readonly string[]): void {
  execFileSync(uv, ['pip', 'install', '--quiet', '--python', python, ...packages], {
    stdio: ['ignore', 'inherit', 'inherit']
  });
}

/** Does a step unless it was done with the same ingredients before: a second run needs no network. */
function once(folder: string, step: string, ingredients: unknown, make: () => void): void {
  const stamp = path.join(folder, `${step}.stamp`);
  const wanted = JSON.stringify(ingredients);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) {
    return;
  }
  rmSync(stamp, { force: true });
  make();
  writeFileSync(stamp, wanted);
}

/** An environment with these packages, kept below `.cache/labs` for the next run. */
export function makeEnvironment(
  name: string,
  packages: readonly string[],
  options: {
    /** Passed to `uv venv`, such as `--system-site-packages`. */
    readonly flags?: readonly string[];
    /** The Python below it; default: the one that everything is built with. */
    readonly base?: string;
    /** Whether our wheel with its extra [node] is installed, too. */
    readonly hasWheel: boolean;
  }
): Environment {
  const folder = path.join(cache, name);
  const bin = path.join(folder, 'bin');
  const python = path.join(bin, 'python');
  const flags = options.flags ?? [];
  mkdirSync(cache, { recursive: true });
  const base = options.base ?? path.join(root, '.venv', 'bin', 'python');
  once(folder, 'packages', [packages, flags, base], () => {
    rmSync(folder, { recursive: true, force: true });
    execFileSync(uv, ['venv', '--quiet', '--python', base, ...flags, folder], {
      stdio: ['ignore', 'inherit', 'inherit']
    });
    install(python, packages);
  });
  if (options.hasWheel) {
    const wheel = wheelFile();
    once(folder, 'wheel', contentHash(wheel), () => {
      const reinstall = ['--reinstall-package', 'jupyterlab-panosc'];
      install(python, [...reinstall, `jupyterlab-panosc[node] @ file://${wheel}`]);
    });
  }
  return { folder, bin, python };
}

/** Both outputs of a program of an environment. */
export function output(environment: Environment, program: string, ...args: string[]): string {
  return execFileSync(
    '/bin/sh',
    ['-c', '"$0" "$@" 2>&1', path.join(environment.bin, program), ...args],
    { encoding: 'utf8' }
  );
}
