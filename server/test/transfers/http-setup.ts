import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { StoreProfile } from '../../src/facility/profile.ts';
import { HttpBackend } from '../../src/transfers/adapters/http.ts';
import type { PullFile } from '../../src/transfers/port.ts';
import type { PullOptions } from '../../src/transfers/puller/store-access.ts';
import {
  startFaultyStore,
  type FaultyStore,
  type StoredObject
} from '../fakes/faulty-store/server.ts';

/** A backend, a store that does what a test says, and a folder. */
export interface HttpBench {
  readonly backend: HttpBackend;
  readonly faulty: FaultyStore;
  readonly store: StoreProfile;
  readonly folder: string;
  /** Puts a file below the store's address. */
  put(name: string, object: StoredObject): URL;
  fileOf(url: URL, more?: Partial<PullFile>): PullFile;
}

export const CHUNK = 65_536;

/** Opens a bench that ends with the test. Chunks are as small as a profile allows, and nobody waits long. */
export async function openHttpBench(
  t: TestContext,
  root: string,
  options: { pull?: Partial<PullOptions>; store?: Partial<StoreProfile> } = {}
): Promise<HttpBench> {
  const faulty = await startFaultyStore();
  const backend = new HttpBackend(name => name, {
    idleMs: 10_000,
    firstBackoffMs: 1,
    isSynced: false,
    ...options.pull
  });
  t.after(async () => {
    await backend.close();
    await faulty.close();
  });
  const folder = mkdtempSync(path.join(root, 'pull-'));
  return {
    backend,
    faulty,
    folder,
    store: StoreProfile.parse({
      id: 'store',
      title: 'Test store',
      kind: 'http',
      url: `${faulty.url}/data/`,
      chunk_bytes: CHUNK,
      ...options.store
    }),
    put: (name, object) => {
      faulty.objects.set(`/data/${name}`, object);
      return new URL(encodeURIComponent(name), `${faulty.url}/data/`);
    },
    fileOf: (url, more = {}) => ({
      url,
      target: path.join(folder, 'scan.h5'),
      sizeBytes: null,
      checksum: null,
      checksumHeader: null,
      ...more
    })
  };
}
