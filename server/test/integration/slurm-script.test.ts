import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { JobRequest } from '#contract';
import { ClusterProfile } from '../../src/facility/profile.ts';
import { checkRequest } from '../../src/jobs/check-request.ts';
import { buildScript } from '../../src/jobs/script.ts';
import { sbatchArgv } from '../../src/slurm/sbatch.ts';
import { startCluster, whyNoCluster, type Cluster } from '../support/cluster.ts';

const skip = whyNoCluster() ?? false;
const profile = ClusterProfile.parse({ id: 'real', title: 'Real', kind: 'slurm-cli' });
const image = { ref: 'r:/i.sif', mountPath: '/cvmfs/r/i.sif' };

/** Lines at the top of a script: what a person writes, and what looks like it. */
const headLine = fc.constantFrom(
  '',
  '#',
  '# a note',
  '   # an indented note',
  '\t# a tab',
  '\v# a vertical tab',
  '\u00a0# a no-break space: a command for sbatch',
  'echo early',
  ':',
  '#SBATCH --time=2:00:00',
  '#SBATCH -t 99',
  '#SBATCH -J evil',
  '#SBATCH --job-name="e v i l" # with a note',
  '  #SBATCH --partition=cpu',
  '##SBATCH --partition=cpu',
  '#SBATCH --partition=cpu',
  '#SBATCH -pcpu',
  '#SBATCH --account=pan',
  '#SBATCH --mem=1G',
  '#SBATCH --mem-per-cpu=5G',
  '#SBATCH --mem-per-gpu=5G',
  '#SBATCH --qos=debug',
  '#SBATCH --nice=5',
  '#SBATCH -H',
  '#SBATCH --open-mode=truncate -o other --error=x',
  '#SBATCH --ntasks=2 --nodes=1',
  '#SBATCH --chdir=/',
  '#SBATCH -c 9',
  '#SBATCH --comment="theirs"',
  '#SBATCH --export=NONE',
  '#SBATCH --gres=gpu:a100:1',
  '#PBS -l walltime=99:00:00',
  '#BSUB -W 99',
  'END_OF_SCRIPT',
  "cat <<'END_OF_SCRIPT'"
);
const script = fc
  .tuple(fc.constantFrom('', '#!/bin/bash\n', '#!/usr/bin/env python3\n'), fc.array(headLine))
  .map(([shebang, lines]) => `${shebang}${lines.join('\n')}\necho body`);

/** The lines before the first command. */
function readHead(text: string): string {
  const lines = text.split('\n');
  const end = lines.findIndex(line => !/^[ \t\v]*(#|$)/.test(line));
  return lines.slice(0, end).join('\n');
}

const wish = {
  name: 'asked',
  partition: 'gpu',
  account: 'prop-2025-0042',
  timeMinutes: 7,
  cpus: 3,
  memoryMB: 123,
  gpus: { type: 'a40', count: 2 },
  comment: 'ours'
};
const wanted = 'asked|gpu|prop-2025-0042|7:00|3|123M|gres:gpu:a40:2|ours';

describe('scripts, judged by the real sbatch', { skip }, () => {
  let cluster: Cluster;
  before(() => {
    cluster = startCluster();
  });
  after(async () => {
    await cluster.stop();
  });

  for (const used of [null, image]) {
    it(`the form counts, whatever the person wrote${used === null ? '' : ', in an image'}`, () => {
      const folder = cluster.folder('alice', used === null ? 'plain' : 'image');
      const file = path.join(folder, 'script.sh');
      fc.assert(
        fc.property(script, text => {
          const request = JobRequest.parse({ ...wish, script: text, workdir: folder });
          const errors = checkRequest(request, profile, [folder]).filter(
            ({ severity }) => severity === 'error'
          );
          // Only what asks for the same thing in another way is refused.
          assert.equal(errors.length > 0, /^#SBATCH --mem-per/m.test(readHead(text)), text);
          fc.pre(errors.length === 0);
          const built = buildScript(request, profile, used, folder);
          writeFileSync(file, built);
          chmodSync(file, 0o755);
          if (used !== null) {
            // All that is not ours stands in a here-document: any script of a person is one of bash around it.
            assert.equal(spawnSync('bash', ['-n', file]).status, 0, built);
          }
          const [sbatch = '', ...args] = sbatchArgv({
            ...wish,
            key: 'j_test',
            scriptPath: file,
            workdir: folder,
            logPath: path.join(folder, 'job.out')
          });
          const test = cluster.run('alice', [sbatch, '--test-only', ...args]);
          assert.equal(test.code, 0, `${test.stderr}\n${built}`);
          const { stderr, stdout } = cluster.run('alice', [sbatch, '--hold', ...args]);
          const id = stdout.trim();
          assert.match(id, /^\d+$/, `${stderr}\n${built}`);
          const seen = cluster.run('alice', [
            'squeue',
            '--noheader',
            `--jobs=${id}`,
            '--Format=Name:|,Partition:|,Account:|,TimeLimit:|,cpus-per-task:|,MinMemory:|,tres-per-node:|,Comment:'
          ]);
          assert.equal(seen.stdout.trim(), wanted, built);
        }),
        { numRuns: 100, endOnFailure: true }
      );
      cluster.run('alice', ['scancel', '--user=alice']);
    });
  }
});
