import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import pino from 'pino';
import type { Clock } from '../../src/core/clock.ts';
import type { CvmfsRepository } from '../../src/images/cvmfs/port.ts';
import { openCvmfs, type CvmfsOptions } from '../../src/images/cvmfs/repository.ts';
import {
  publishRepository,
  type PublishOptions,
  type Published
} from '../fakes/cvmfs/publisher.ts';
import { makeRepositoryKeys, type RepositoryKeys } from '../fakes/cvmfs/repository-keys.ts';
import { serveRepository, type RepositoryServer } from '../fakes/cvmfs/serve.ts';
import type { TreeItem } from '../fakes/cvmfs/tree.ts';

export const fqrn = 'images.example.org';
/** When the tests play. */
export const startMs = Date.UTC(2026, 10, 24, 12);

/** The real repositories that judge the reader; absent outside of the project's own machines. */
export const judgeFolder = path.resolve(import.meta.dirname, '../../../../shared/fixtures/cvmfs');
export const judgeMissing = existsSync(judgeFolder)
  ? false
  : 'the real CVMFS repositories of shared/fixtures/cvmfs are not here';

export interface TestClock extends Clock {
  advance(ms: number): void;
}

/** Time that stands still until a test moves it. */
export function testClock(): TestClock {
  let passed = 0;
  return {
    now: () => startMs + passed,
    monotonic: () => passed,
    sleep: async () => Promise.reject(new Error('nobody sleeps here')),
    advance: ms => {
      passed += ms;
    }
  };
}

/** A new folder that goes with the test. */
export function scratch(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'cvmfs-test-'));
  t.after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

let madeKeys: RepositoryKeys | null = null;
/** One set of keys for a whole test file: making them is slow. */
export function testKeys(): RepositoryKeys {
  return (madeKeys ??= makeRepositoryKeys(fqrn, startMs));
}

export interface Site {
  readonly folder: string;
  readonly published: Published;
  readonly server: RepositoryServer;
  /** The next revision, in the same folder. */
  publish(items: readonly TreeItem[], options?: Partial<PublishOptions>): Published;
}

/** Publishes a tree and serves it. */
export async function makeSite(
  t: TestContext,
  items: readonly TreeItem[],
  options: Partial<PublishOptions> = {}
): Promise<Site> {
  const folder = scratch(t);
  const publish: Site['publish'] = (tree, more = {}) =>
    publishRepository({
      target: folder,
      fqrn,
      items: tree,
      keys: testKeys(),
      nowMs: startMs,
      ...options,
      ...more
    });
  const published = publish(items);
  return { folder, published, server: await serve(t, folder), publish };
}

/** Serves a published folder until the test ends. */
export async function serve(
  t: TestContext,
  root: string,
  name: string = fqrn
): Promise<RepositoryServer> {
  const server = await serveRepository({ fqrn: name, root });
  t.after(async () => {
    await server.close();
  });
  return server;
}

/** A reader with an empty cache, unless told otherwise. */
export function reader(
  t: TestContext,
  servers: readonly { readonly url: URL }[],
  options: Partial<CvmfsOptions> = {}
): CvmfsRepository {
  return openCvmfs({
    fqrn,
    servers: servers.map(({ url }) => url),
    masterKeys: [testKeys().masterPublic],
    cacheDir: options.cacheDir ?? scratch(t),
    fetch,
    clock: testClock(),
    log: pino({ level: 'silent' }),
    ...options
  });
}

/** A reader of one of the real repositories. */
export function judgeReader(
  t: TestContext,
  name: string,
  servers: readonly RepositoryServer[],
  options: Partial<CvmfsOptions> = {}
): CvmfsRepository {
  const key = readFileSync(path.join(judgeFolder, 'keys', `${name}.pub`), 'utf8');
  return reader(t, servers, { fqrn: name, masterKeys: [key], ...options });
}
