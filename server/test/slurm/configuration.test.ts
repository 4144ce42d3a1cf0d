import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { slurmCommands } from '../../src/slurm/slurm.ts';
import { tempDir } from '../support/temp-dir.ts';

it('names a configuration that cannot be read at once, and starts no command', async () => {
  const bin = tempDir('slurm-conf');
  const started = path.join(bin, 'started');
  writeFileSync(path.join(bin, 'sinfo'), `#!/bin/sh\ntouch ${started}\n`);
  chmodSync(path.join(bin, 'sinfo'), 0o755);
  const { signal } = new AbortController();
  const missing = path.join(bin, 'nope.conf');
  const run = (slurmConf: string) =>
    slurmCommands({ env: { PATH: process.env['PATH'] }, bin, slurmConf }).run(['sinfo'], {
      signal
    });
  await assert.rejects(run(missing), {
    slug: 'scheduler-missing',
    message: new RegExp(`configuration ${missing} cannot be read on this machine`)
  });
  assert.throws(() => chmodSync(started, 0o644), { code: 'ENOENT' });
  writeFileSync(missing, '');
  assert.equal((await run(missing)).exitCode, 0);
  chmodSync(started, 0o644);
});
