import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { TransferListing } from '#contract';
import * as copyAs from '../../contract/copy-as/index.ts';
import { tempDir } from '../support/temp-dir.ts';
import { hasProgram, sha256 } from './copy-as-demo.ts';

const SIZE = 100_000;
const now = randomBytes(SIZE);
const earlier = randomBytes(SIZE);
const NAME = "it's a.h5";

const without = (program: string): string | false =>
  hasProgram(program) ? false : `${program} is not installed`;

describe('a command of "Copy as" that is repeated', () => {
  const root = tempDir('copy-as-again');
  /** What the store was asked for: the range, or "all". */
  let asked: string[] = [];
  let breaksOff = false;
  let to = '';
  const store = createServer((request, response) => {
    const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
    asked.push(range?.[0] ?? 'all');
    const from = Number(range?.[1] ?? 0);
    if (from >= SIZE) {
      response.writeHead(416, { 'content-range': `bytes */${SIZE}` }).end();
      return;
    }
    response.writeHead(range === null ? 200 : 206, {
      'content-length': SIZE - from,
      ...(range === null ? {} : { 'content-range': `bytes ${from}-${SIZE - 1}/${SIZE}` })
    });
    if (breaksOff) {
      response.write(now.subarray(from, SIZE / 2), () => response.destroy());
    } else {
      response.end(now.subarray(from));
    }
  });
  before(() => once(store.listen(0, '127.0.0.1'), 'listening'));
  after(() => {
    store.closeAllConnections();
    store.close();
  });
  beforeEach(() => {
    asked = [];
    breaksOff = false;
    to = mkdtempSync(path.join(root, 'to-'));
  });

  const put = (name: string, bytes: Buffer): void => writeFileSync(path.join(to, name), bytes);
  const got = (name = NAME): Buffer => readFileSync(path.join(to, name));

  /** Runs the command of this program for the one file; the answer is its exit code. */
  async function run(
    label: 'curl' | 'Python',
    hasSum: boolean,
    sum = sha256(now)
  ): Promise<unknown> {
    const { port } = store.address() as AddressInfo;
    const listing: TransferListing = {
      to,
      files: [
        {
          path: NAME,
          url: `http://127.0.0.1:${port}/a`,
          sizeBytes: SIZE,
          tokenOf: null,
          caFile: null,
          checksum: hasSum ? { algorithm: 'sha256', value: sum } : null
        }
      ],
      isWhole: true,
      manifests: []
    };
    const commands = copyAs.pullCommands({ pid: 'x', to }, { listing });
    const text = commands.find(command => command.label === label)?.text ?? '';
    const child = spawn(label === 'curl' ? 'sh' : 'python3', ['-c', text], {
      env: { PATH: process.env['PATH'], no_proxy: '*' },
      stdio: 'ignore'
    });
    const [code] = (await once(child, 'exit')) as unknown[];
    return code;
  }

  describe('curl', { skip: without('curl') }, () => {
    it('begins anew where no checksum would find two versions glued together', async () => {
      put(`${NAME}.part`, earlier.subarray(0, SIZE / 2));
      assert.equal(await run('curl', false), 0);
      assert.deepEqual(asked, ['all']);
      assert.ok(got().equals(now));
    });

    it('is not stopped by a whole part that nobody has renamed', async () => {
      put(`${NAME}.part`, earlier);
      assert.equal(await run('curl', false), 0);
      assert.ok(got().equals(now));
    });

    it('takes a part of the listed size for fetched, and checks it', async () => {
      put(`${NAME}.part`, now);
      assert.equal(await run('curl', true), 0);
      assert.deepEqual(asked, []);
      assert.ok(got().equals(now));
      assert.deepEqual(readdirSync(to), [NAME]);
    });

    it('goes on with a part where there is a checksum, which finds another version', async () => {
      put(`${NAME}.part`, now.subarray(0, SIZE / 2));
      assert.equal(await run('curl', true), 0);
      assert.deepEqual(asked, [`bytes=${SIZE / 2}-`]);
      assert.ok(got().equals(now));

      to = mkdtempSync(path.join(root, 'to-'));
      put(`${NAME}.part`, earlier.subarray(0, SIZE / 2));
      assert.notEqual(await run('curl', true), 0);
    });
  });

  describe('Python', { skip: without('python3') }, () => {
    for (const hasSum of [true, false]) {
      it(`leaves a file of the listed size as it is, ${hasSum ? 'with' : 'without'} a checksum`, async () => {
        put(NAME, now);
        const { ino, mtimeNs } = statSync(path.join(to, NAME), { bigint: true });
        assert.equal(await run('Python', hasSum), 0);
        const then = statSync(path.join(to, NAME), { bigint: true });
        assert.deepEqual([then.ino, then.mtimeNs, asked], [ino, mtimeNs, []]);
      });

      it(`gives no half file the final name, ${hasSum ? 'with' : 'without'} a checksum`, async () => {
        breaksOff = true;
        assert.notEqual(await run('Python', hasSum), 0);
        assert.ok(!existsSync(path.join(to, NAME)));
        // What was there before is still whole.
        put(NAME, earlier.subarray(1));
        assert.notEqual(await run('Python', hasSum), 0);
        assert.ok(got().equals(earlier.subarray(1)));
        breaksOff = false;
        assert.equal(await run('Python', hasSum), 0);
        assert.ok(got().equals(now));
        assert.deepEqual(readdirSync(to), [NAME]);
      });
    }

    it('gives the final name to nothing that does not agree with its checksum', async () => {
      assert.notEqual(await run('Python', true, sha256(earlier)), 0);
      assert.deepEqual(readdirSync(to), [`${NAME}.part`]);
    });

    it('says so where a file that is there does not agree, and leaves it', async () => {
      put(NAME, earlier);
      assert.notEqual(await run('Python', true), 0);
      assert.ok(got().equals(earlier));
      assert.deepEqual(asked, []);
    });
  });
});
