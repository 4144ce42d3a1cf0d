import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import type { Page, Transfer, TransferFile, TransferState } from '#contract';
import { startFaultyStore, type FaultyStore } from '../fakes/faulty-store/server.ts';
import { startSearchApi } from '../fakes/search-api/server.ts';
import { sha256Of } from '../conformance/transfer-backend.ts';
import { CompanionProcess } from '../support/companion-process.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

export const CHUNK = 1_048_576;
export const STREAMS = 4;
export const PID = '10.5072/scan';

/** A companion with a catalogue and a store on loopback, and a home folder of its own. */
export interface ServiceBench {
  /** The catalogue answers with this error from now on. */
  readonly breakCatalogue: () => void;
  readonly faulty: FaultyStore;
  readonly home: string;
  readonly data: string;
  companion: CompanionProcess;
  /** Starts a companion on the same state folder; the former one must have ended. */
  restart(): Promise<CompanionProcess>;
  /** `test`, where the data is, or `other`, which offers nothing. */
  choose(facility: 'test' | 'other'): Promise<void>;
  post<T>(target: string, body?: unknown, key?: string): Promise<{ status: number; body: T }>;
  start(body: object, key?: string): Promise<string>;
  get(id: string): Promise<Transfer>;
  files(id: string): Promise<readonly TransferFile[]>;
  reaches(id: string, state: TransferState): Promise<Transfer>;
}

interface BenchOptions {
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Size of the whole that the catalogue says. */
  readonly size?: number;
  /** What the catalogue says instead of the real size, by name. */
  readonly sizes?: Readonly<Record<string, number>>;
  readonly manifest?: string | null;
  readonly profile?: object;
  /** More of the companion's configuration. */
  readonly config?: object;
  readonly store?: object;
  readonly roots?: readonly string[];
}

export async function openServiceBench(
  t: TestContext,
  options: BenchOptions
): Promise<ServiceBench> {
  const home = tempDir('transfers');
  const data = path.join(home, 'data');
  mkdirSync(data);
  const faulty = await startFaultyStore();
  const names = Object.keys(options.files);
  for (const [name, bytes] of Object.entries(options.files)) {
    faulty.objects.set(`/data/set/${name}`, { bytes });
  }
  const sums = names
    .filter(name => !name.includes('/'))
    .map(name => `${sha256Of(options.files[name] ?? new Uint8Array()).value}  ${name}\n`)
    .join('');
  if (options.manifest !== null) {
    faulty.objects.set('/data/set/SHA256SUMS', {
      bytes: Buffer.from(options.manifest ?? sums)
    });
  }
  const search = await startSearchApi([
    {
      pid: PID,
      title: 'Scan',
      isPublic: true,
      creationDate: '2026-01-01T00:00:00.000Z',
      ...(options.size === undefined ? {} : { size: options.size }),
      files: names.map((name, index) => ({
        id: String(index),
        name: path.basename(name),
        path: `/set/${name}`,
        size: options.sizes?.[name] ?? options.files[name]?.length ?? 0
      }))
    }
  ]);
  const profileFile = path.join(home, 'test.yaml');
  writeFileSync(
    profileFile,
    JSON.stringify({
      id: 'test',
      title: 'Test facility',
      catalogues: [
        {
          id: 'catalogue',
          title: 'Catalogue',
          kind: 'panosc-search',
          api: search.api,
          file_url: `${faulty.url}/data/{path}`,
          checksums: { manifest: 'SHA256SUMS' }
        }
      ],
      stores: [
        {
          id: 'store',
          title: 'Test store',
          kind: 'http',
          url: `${faulty.url}/data/`,
          streams: STREAMS,
          chunk_bytes: CHUNK,
          checksums: { manifest: 'SHA256SUMS' },
          ...options.store
        }
      ],
      transfers: { roots: ['~/data', ...(options.roots ?? [])] },
      ...options.profile
    })
  );
  const otherFile = path.join(home, 'other.yaml');
  writeFileSync(otherFile, JSON.stringify({ id: 'other', title: 'Other facility' }));
  const stateDir = path.join(home, 'state');
  const launch = (): CompanionProcess =>
    new CompanionProcess(
      stateDir,
      {
        profilePaths: [profileFile, otherFile],
        defaultProfile: 'test',
        insecureLoopback: true,
        ...options.config
      },
      { ...process.env, HOME: home }
    );
  const ask = async <T>(method: string, target: string, body?: unknown, key?: string) =>
    bench.companion.ask<T>(method, target, {
      ...(body === undefined ? {} : { body }),
      headers: key === undefined ? {} : { 'idempotency-key': key }
    });
  const bench: ServiceBench = {
    breakCatalogue: () => search.fault('status-500'),
    faulty,
    home,
    data,
    companion: launch(),
    restart: async () => {
      bench.companion = launch();
      await bench.companion.attach();
      return bench.companion;
    },
    choose: async id => {
      const { body, status } = await ask('PUT', '/v1/facility', { id });
      assert.equal(status, 200, JSON.stringify(body));
    },
    post: (target, body, key) => ask('POST', target, body, key),
    start: async (body, key) => {
      const { body: started, status } = await ask<Transfer>('POST', '/v1/transfers', body, key);
      assert.equal(status, 202, JSON.stringify(started));
      return started.id;
    },
    get: async id => (await ask<Transfer>('GET', `/v1/transfers/${id}`)).body,
    files: async id =>
      (await ask<Page<TransferFile>>('GET', `/v1/transfers/${id}/files`)).body.items,
    reaches: (id, state) =>
      until(
        `${id} ${state}`,
        async () => {
          const transfer = await bench.get(id);
          const isOther = transfer.state !== state && transfer.state !== 'running';
          if (isOther && transfer.state !== 'queued') {
            assert.equal(transfer.state, state, JSON.stringify(transfer.problem));
          }
          return transfer.state === state && transfer;
        },
        60_000
      )
  };
  await bench.companion.attach();
  t.after(async () => {
    bench.companion.child.kill('SIGKILL');
    await bench.companion.exited;
    await faulty.close();
    await search.close();
  });
  return bench;
}
