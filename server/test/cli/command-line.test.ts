import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { after, describe, it } from 'node:test';
import type { Dataset, Page } from '#contract';
import { startSearchApi } from '../fakes/search-api/server.ts';
import { CompanionProcess } from '../support/companion-process.ts';
import { tempDir } from '../support/temp-dir.ts';

const main = path.resolve(import.meta.dirname, '../../src/main.ts');
const folder = tempDir('cli');
const catalogue = await startSearchApi([
  {
    pid: '10.5072/a',
    title: 'Steel \u001b[31mred\u001b[0m',
    isPublic: true,
    creationDate: '2026-01-01T00:00:00.000Z',
    size: 1000,
    files: [{ id: '1', name: 'a.h5', path: '/a.h5', size: 1000 }]
  }
]);
after(() => catalogue.close());
const profileFile = path.join(folder, 'lab.yaml');
writeFileSync(
  profileFile,
  JSON.stringify({
    id: 'lab',
    title: 'Lab',
    catalogues: [
      {
        id: 'c',
        title: 'Catalogue',
        kind: 'panosc-search',
        api: catalogue.api,
        file_url: 'http://127.0.0.1:9/{path}'
      }
    ],
    transfers: { default_target: folder, roots: [folder] }
  })
);

async function run(stateDir: string, args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [main, 'cli', ...args], {
    env: { ...process.env, PANOSC_SOCKET_FILE: path.join(stateDir, 'companion.json'), ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  });
  const exit = new Promise<number | null>(resolve => child.on('exit', resolve));
  const [code, stdout, stderr] = await Promise.all([exit, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

describe('jupyter panosc', () => {
  it('exits with 4 and one sentence when there is no companion', async () => {
    const { code, stdout, stderr } = await run(path.join(folder, 'nowhere'), ['whoami']);
    assert.equal(code, 4);
    assert.equal(stdout, '');
    assert.match(stderr, /^jupyter panosc: The companion does not run\.\n$/);
  });

  it('exits with 2 on wrong usage, before it asks anybody', async () => {
    for (const args of [
      ['fly'],
      ['pull'],
      ['search', '--colour', 'x'],
      ['--colour'],
      ['toString'],
      []
    ]) {
      const { code } = await run(path.join(folder, 'nowhere'), args);
      assert.equal(code, 2, args.join(' '));
    }
  });

  it('takes a profile file, searches in it, and cleans what it prints', async () => {
    const companion = new CompanionProcess(tempDir('cli-state'), { lingerMs: 3000 });
    await companion.ready();
    const env = { PANOSC_PROFILE_FILE: profileFile };
    const refused = await run(companion.stateDir, ['search', 'steel']);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /Choose your facility first\. \(r_/);

    const plain = await run(companion.stateDir, ['search', 'steel'], env);
    assert.equal(plain.code, 0);
    assert.equal(plain.stdout, '10.5072/a  1 kB  1 file  fits  Steel red\n');

    const json = await run(companion.stateDir, ['search', 'steel', '--limit', '1', '--json'], env);
    const page = JSON.parse(json.stdout) as Page<Dataset>;
    assert.equal(page.items[0]?.fileCount, 1);

    const who = await run(companion.stateDir, ['--json', 'whoami']);
    assert.equal(who.code, 3);
    assert.equal((JSON.parse(who.stdout) as { state: string }).state, 'signed-out');

    const bad = await run(companion.stateDir, ['search', 'steel', '--limit', '1000']);
    assert.equal(bad.code, 2);
    companion.child.kill('SIGTERM');
    await companion.exited;
  });

  it('does not let a browser bring a profile file', async () => {
    const companion = new CompanionProcess(tempDir('cli-state'));
    const client = await companion.attach();
    const answer = await companion.ask<{ type: string }>('PUT', '/v1/facility', {
      body: { file: profileFile },
      headers: { 'x-forwarded-prefix': '/user/alice/panosc' }
    });
    assert.equal(answer.status, 403);
    assert.equal(answer.body.type, '/problems/path-not-allowed');
    client.destroy();
    await companion.exited;
  });
});
