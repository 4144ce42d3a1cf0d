import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { ClusterProfile } from '../../src/facility/profile.ts';
import { SlurmCli } from '../../src/jobs/adapters/slurm-cli.ts';
import { schedulerConformance } from './scheduler.ts';

/*
 * Slurm must be asked by an ordinary user: integration/slurm-conformance.test.ts runs this file as one,
 * with a folder of that user as its argument and SLURM_CONF set.
 */
const root = process.argv[2] ?? '';
const profile = ClusterProfile.parse({ id: 'c', title: 'Test cluster', kind: 'slurm-cli' });
let count = 0;

schedulerConformance('slurm-cli', {
  open: () => new SlurmCli(profile, process.env),
  folder: () => {
    const folder = path.join(root, `work ${count++}`);
    mkdirSync(folder);
    return folder;
  }
});
