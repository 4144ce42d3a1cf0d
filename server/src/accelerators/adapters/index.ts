import type { AcceleratorSource } from '../port.ts';
import { SlurmGres, type GpuCluster } from './slurm-gres.ts';

export type { GpuCluster } from './slurm-gres.ts';

/** One line an adapter. */
export const acceleratorSources = {
  scheduler: (cluster: GpuCluster): AcceleratorSource => new SlurmGres(cluster)
} as const;
