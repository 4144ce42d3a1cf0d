import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync
} from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, describe, it } from 'node:test';
import { sampleBytes, sha256Of } from '../conformance/transfer-backend.ts';
import { findNginx, startNginx, type Nginx } from '../support/nginx.ts';
import type { PullOrder, PullReport } from '../support/pull-process.ts';
import { tempDir } from '../support/temp-dir.ts';

const MIB = 1024 * 1024;
const CHUNK = MIB;
const STREAMS = 4;
/** The two questions before the pulls cost a byte each. */
const PROBES = 2;
const program = findNginx();
const rounds = process.env['PANOSC_LONG'] === '1' ? 12 : 2;
const pullProcess = path.resolve(import.meta.dirname, '../support/pull-process.ts');

describe(
  'a pull through kill -9',
  { skip: program === null ? 'nginx is not installed' : false },
  () => {
    const root = tempDir('pull-kill');
    const bytes = sampleBytes(48 * MIB + 77);
    const started = new Set<ChildProcess>();
    let server: Promise<Nginx> | null = null;
    after(async () => {
      started.forEach(child => child.kill('SIGKILL'));
      await (await server)?.stop();
    });
    const nginx = (): Promise<Nginx> => {
      if (server === null) {
        const content = path.join(root, 'content');
        mkdirSync(content);
        writeFileSync(path.join(content, 'scan.h5'), bytes);
        server = startNginx(program ?? '', path.join(root, 'nginx'), content, {
          // A fifth of a second for each chunk: slow enough to be killed in the middle.
          bytesPerSecond: 870_000
        });
      }
      return server;
    };

    /** Runs until the end, or until so many bytes are there: then it is killed. */
    const run = (order: PullOrder, killAt: number): Promise<PullReport | 'killed'> =>
      new Promise((resolve, reject) => {
        const child = spawn(process.execPath, [pullProcess, JSON.stringify(order)], {
          stdio: ['ignore', 'pipe', 'inherit']
        });
        started.add(child);
        let last = '';
        createInterface({ input: child.stdout }).on('line', line => {
          last = line;
          if (Number(line) >= killAt) {
            child.kill('SIGKILL');
          }
        });
        child.on('close', (code, signal) => {
          started.delete(child);
          if (signal === 'SIGKILL') {
            resolve('killed');
          } else if (code === 0) {
            resolve(JSON.parse(last) as PullReport);
          } else {
            reject(new Error(`ended with ${code}`));
          }
        });
      });

    for (let round = 0; round < rounds; round++) {
      const share = (round + 1) / (rounds + 1);
      it(`goes on after a kill at ${Math.round(share * 100)} %, and fetches hardly anything twice`, async () => {
        const store = await nginx();
        const folder = mkdtempSync(path.join(root, 'to-'));
        const order: PullOrder = {
          store: {
            id: 'nginx',
            title: 'nginx',
            kind: 'http',
            url: `${store.url}/data/`,
            streams: STREAMS,
            chunk_bytes: CHUNK
          },
          url: `${store.url}/data/scan.h5`,
          target: path.join(folder, 'scan.h5'),
          checksum: sha256Of(bytes)
        };
        const before = store.served();
        assert.equal(await run(order, share * bytes.length), 'killed');
        assert.ok(!existsSync(order.target), 'nothing half has the final name');
        const report = await run(order, Number.POSITIVE_INFINITY);
        assert.ok(report !== 'killed');
        assert.equal(report.state, 'verified', report.problem ?? '');
        assert.ok(readFileSync(order.target).equals(bytes));
        const twice = store.served() - before - bytes.length;
        // A connection carries one chunk, so at most one chunk for each stream was under way.
        assert.ok(twice <= CHUNK * STREAMS + PROBES, `${twice} bytes were served again`);
        const again = await run(order, Number.POSITIVE_INFINITY);
        assert.ok(again !== 'killed' && again.state === 'verified');
        assert.equal(
          store.served() - before - bytes.length,
          twice,
          'a finished file is not fetched'
        );
        assert.ok(readdirSync(folder).includes('scan.h5'));
      });
    }
  }
);
