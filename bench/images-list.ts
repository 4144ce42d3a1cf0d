/**
 * How long it takes to list all 20,000 images of a repository in a warm process, page by page as the panel does,
 * against `node:sqlite` that reads the same folder from the same catalog.
 *
 * `node bench/images-list.ts`; the last line is one JSON document.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { inflateSync } from 'node:zlib';
import type { CallContext } from '../server/src/core/call-context.ts';
import { systemClock } from '../server/src/core/clock.ts';
import { makeLog } from '../server/src/core/log.ts';
import { imageSources } from '../server/src/images/adapters/index.ts';
import { pathKey } from '../server/src/images/cvmfs/path-bytes.ts';
import type { ImageSource } from '../server/src/images/port.ts';
import { publishRepository } from '../server/test/fakes/cvmfs/publisher.ts';
import { makeRepositoryKeys } from '../server/test/fakes/cvmfs/repository-keys.ts';
import { serveRepository } from '../server/test/fakes/cvmfs/serve.ts';

const fqrn = 'bench.example.org';
const ROWS = 20_000;
const ROUNDS = 15;
const PAGE = 200;
const FOLDER = '/images';
const log = makeLog('silent');

/** A flat repository of small images, made once and kept; the name carries what it depends on. */
function publishedFolder(): { folder: string; key: string } {
  const folder = path.join(tmpdir(), `panosc-bench-images-${ROWS}-v1`);
  const keyFile = path.join(folder, 'master.pub');
  if (!existsSync(keyFile)) {
    const scratch = mkdtempSync(path.join(tmpdir(), 'panosc-bench-'));
    const keys = makeRepositoryKeys(fqrn, Date.now());
    publishRepository({
      target: scratch,
      fqrn,
      items: Array.from({ length: ROWS }, (_, n) => ({
        path: `${FOLDER}/tool${n % 400}_${Math.floor(n / 400)}.${n % 7}.sif`,
        content: `image ${n % 100}`,
        mtimeMs: Date.UTC(2026, 0, 1) + n * 1000
      })),
      keys,
      nowMs: Date.now(),
      whitelistExpiresAtMs: Date.now() + 3650 * 86_400_000
    });
    writeFileSync(path.join(scratch, 'master.pub'), keys.masterPublic);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(path.dirname(folder), { recursive: true });
    renameSync(scratch, folder);
  }
  return { folder, key: readFileSync(keyFile, 'utf8') };
}

const call: CallContext = {
  signal: new AbortController().signal,
  log,
  clock: systemClock,
  token: () => Promise.reject(new Error('no token is needed'))
};

/** All rows through the port, page by page; ends with the JSON that the browser would get. */
async function listAll(source: ImageSource, text = '', limit = PAGE): Promise<number> {
  let rows = 0;
  let bytes = 0;
  let cursor: string | undefined;
  do {
    const page = await source.list(text, cursor, limit, call);
    bytes += JSON.stringify(page.items).length;
    rows += page.items.length;
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined);
  return bytes > 0 ? rows : 0;
}

/** The catalog of the published repository, unpacked, opened read-only. */
function openCatalog(folder: string, scratch: string): DatabaseSync {
  const manifest = readFileSync(path.join(folder, '.cvmfspublished'), 'latin1');
  const hash = /^C([0-9a-f]{40})$/m.exec(manifest)?.[1] ?? '';
  const packed = readFileSync(path.join(folder, 'data', hash.slice(0, 2), `${hash.slice(2)}C`));
  const file = path.join(scratch, 'catalog.db');
  writeFileSync(file, inflateSync(packed));
  return new DatabaseSync(file, { readOnly: true });
}

/** The same rows straight from the catalog: what a list needs of each, unsorted, unchecked, not serialised. */
function readAll(db: DatabaseSync): number {
  const { high, low } = pathKey([FOLDER.slice(1)]);
  const rows = db
    .prepare(
      'select name, size, mtime, flags, symlink from catalog where parent_1 = ? and parent_2 = ?'
    )
    .all(high, low);
  return rows.length;
}

async function timed(work: () => number | Promise<number>): Promise<number> {
  const start = performance.now();
  const rows = await work();
  const ms = performance.now() - start;
  if (rows !== ROWS) {
    throw new Error(`${rows} rows instead of ${ROWS}`);
  }
  return ms;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const rounded = (ms: number): number => Math.round(ms * 100) / 100;

const { folder, key } = publishedFolder();
const scratch = mkdtempSync(path.join(tmpdir(), 'panosc-bench-cache-'));
const server = await serveRepository({ fqrn, root: folder });
const open = (cacheDir: string): ImageSource =>
  imageSources['cvmfs-http'](
    {
      kind: 'cvmfs-http',
      fqrn,
      title: 'Bench',
      servers: [server.url.href],
      keys: [key],
      roots: [{ path: FOLDER, layout: 'flat' }]
    },
    { cacheDir, fetch, clock: systemClock, log, resolveFile: name => name }
  );
const db = openCatalog(folder, scratch);
try {
  const cache = path.join(scratch, 'cvmfs');
  const source = open(cache);
  const cold = await timed(() => listAll(source));
  const ours: number[] = [];
  const reference: number[] = [];
  await timed(() => readAll(db));
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(await timed(() => listAll(source)));
    reference.push(await timed(() => readAll(db)));
  }
  const search: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    await listAll(source, 'tool399 49');
    search.push(performance.now() - start);
  }
  const restarted = open(cache);
  const restart = await timed(() => listAll(restarted));
  source.close();
  restarted.close();
  console.log(
    JSON.stringify({
      bench: 'images-list',
      what: `all ${ROWS} rows of a list of images in pages of ${PAGE}, warm process`,
      unit: 'ms',
      ours: rounded(median(ours)),
      reference: rounded(median(reference)),
      ratio: Math.round((median(ours) / median(reference)) * 1000) / 1000,
      extra: {
        reference: 'node:sqlite, all rows of the same folder from the unpacked catalog',
        coldMs: rounded(cold),
        restartMs: rounded(restart),
        searchAllMs: rounded(median(search)),
        rounds: ROUNDS,
        node: process.version
      }
    })
  );
} finally {
  db.close();
  await server.close();
  rmSync(scratch, { recursive: true, force: true });
}
