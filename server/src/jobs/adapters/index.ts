import type { ClusterProfile } from '../../facility/profile.ts';
import type { Scheduler } from '../port.ts';
import { LocalScheduler } from './local.ts';
import { SlurmCli } from './slurm-cli.ts';

/** What an adapter may need of the process. */
export interface SchedulerSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stateDir: string;
  /** List of attached clients; local jobs end with them. */
  readonly clientsFile: string;
}

type Adapter = (profile: ClusterProfile, around: SchedulerSurroundings) => Scheduler;

/** One line an adapter; the key is the cluster's `kind`. */
export const schedulers: Readonly<Record<ClusterProfile['kind'], Adapter>> = {
  'slurm-cli': (profile, { env }) => new SlurmCli(profile, env),
  local: (profile, around) => new LocalScheduler(profile, around)
};
