import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { until } from '../support/until.ts';
import { startCluster, whyNoCluster, type Cluster, type ClusterUser } from '../support/cluster.ts';

const skip = whyNoCluster() ?? false;
const here = path.resolve(import.meta.dirname, '..');

describe('slurm-cli on a real Slurm, as an ordinary user', { skip }, () => {
  let cluster: Cluster;
  before(() => {
    cluster = startCluster();
  });
  after(async () => {
    await cluster.stop();
  });

  /** Runs one of our files as this user; a failed test in it is an exit code. */
  async function asUser(
    user: ClusterUser,
    file: string,
    args: readonly string[]
  ): Promise<{ code: number | null; output: string }> {
    const [program = '', ...rest] = [
      ...cluster.as(user),
      process.execPath,
      '--test-reporter=spec',
      path.join(here, file),
      ...args
    ];
    const child = spawn(program, rest, {
      cwd: '/',
      env: {
        PATH: '/usr/local/bin:/usr/bin:/bin',
        HOME: '/',
        USER: user,
        SLURM_CONF: cluster.conf,
        ...(process.env['PANOSC_LONG'] === undefined
          ? {}
          : { PANOSC_LONG: process.env['PANOSC_LONG'] })
      },
      stdio: ['ignore', 'pipe', 'inherit']
    });
    const ended = new Promise<number | null>(resolve => child.once('exit', resolve));
    const output = await text(child.stdout);
    return { code: await ended, output };
  }

  it('passes the conformance suite of schedulers', async t => {
    const folder = cluster.folder('alice', 'conformance');
    const { code, output } = await asUser('alice', 'conformance/slurm-cli-as-user.ts', [folder]);
    t.diagnostic(output);
    assert.match(output, /scheduler slurm-cli/);
    assert.match(output, /ℹ pass [1-9]/);
    assert.equal(code, 0, output);
  });

  it('refuses to cancel somebody else’s job, and knows nothing of it', async t => {
    const { stdout } = cluster.run(
      'bob',
      ['sbatch', '--parsable', '--hold', '--wrap', 'true'],
      '/tmp'
    );
    // Only once the accounting knows the job, too, is its silence worth anything.
    await until('bob’s job in the accounting', () =>
      cluster
        .run('bob', [
          'sacct',
          '--noheader',
          '--parsable2',
          '--allocations',
          `--jobs=${stdout.trim()}`
        ])
        .stdout.includes(stdout.trim())
    );
    const { code, output } = await asUser('alice', 'conformance/foreign-job-as-user.ts', [
      stdout.trim()
    ]);
    t.diagnostic(output);
    assert.equal(code, 0, output);
    const still = cluster.run('bob', ['squeue', '--me', '--noheader', '--format=%i %T']).stdout;
    assert.equal(still, `${stdout.trim()} PENDING\n`);
  });
});
