import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { Job, JobLog, Page } from '#contract';
import { CompanionProcess } from '../support/companion-process.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

describe('a local job of a real companion', () => {
  it('outlives a companion that is killed with -9, and the next one finds it, its log and its end', async () => {
    const root = tempDir('local-jobs');
    const workdir = path.join(root, 'work');
    mkdirSync(workdir);
    const profile = path.join(root, 'profile.yaml');
    writeFileSync(
      profile,
      JSON.stringify({
        id: 'p',
        title: 'P',
        clusters: [{ id: 'l', title: 'This machine', kind: 'local', data_roots: [workdir] }]
      })
    );
    const start = async (): Promise<CompanionProcess> => {
      const companion = new CompanionProcess(path.join(root, 'state'), {
        profilePaths: [profile],
        defaultProfile: 'p',
        lingerMs: 60_000
      });
      await companion.attach('jupyter');
      return companion;
    };
    const first = await start();
    const { body: job } = await first.ask<Job>('POST', '/v1/jobs', {
      body: {
        name: 'long',
        workdir,
        result: 'out.txt',
        script:
          'echo run >> runs\necho started\nwhile [ ! -e go ]; do sleep 0.05; done\necho done > out.txt\nexit 0\n'
      }
    });
    assert.equal(job.state, 'queued');
    const log = async (companion: CompanionProcess): Promise<string> =>
      (await companion.ask<JobLog>('GET', `/v1/jobs/${job.id}/log`)).body.text;
    await until('the first line of the log', async () => (await log(first)) === 'started\n');
    first.child.kill('SIGKILL');
    await first.exited;

    const second = await start();
    const read = async (): Promise<Job> =>
      (await second.ask<Job>('GET', `/v1/jobs/${job.id}`)).body;
    await until('the job that runs on', async () => (await read()).state === 'running');
    writeFileSync(path.join(workdir, 'go'), '');
    const ended = await until('its end', async () => {
      const now = await read();
      return now.state === 'completed' ? now : null;
    });
    assert.equal(ended.exitCode, 0);
    assert.equal(ended.resultPath, path.join(workdir, 'out.txt'));
    assert.equal(ended.clusterTitle, 'This machine');
    assert.equal(readFileSync(path.join(workdir, 'runs'), 'utf8'), 'run\n');
    const { body: list } = await second.ask<Page<Job>>('GET', '/v1/jobs');
    assert.equal(list.items.length, 1);

    assert.equal((await second.ask('DELETE', `/v1/jobs/${job.id}`)).status, 204);
    assert.ok(existsSync(path.join(workdir, 'out.txt')), 'what the job wrote stays');
    second.child.kill('SIGTERM');
    assert.equal(await second.exited, 0);
  });
});
