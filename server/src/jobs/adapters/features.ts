import type { ClusterProfile } from '../../facility/profile.ts';
import type { SchedulerFeatures } from '../port.ts';

/** What each kind of scheduler can do; also shown before anything is connected. */
export const schedulerFeatures: Readonly<Record<ClusterProfile['kind'], SchedulerFeatures>> = {
  'slurm-cli': {
    batch: true,
    partitions: true,
    accelerators: true,
    survivesSession: true,
    images: true
  },
  local: {
    batch: false,
    partitions: false,
    accelerators: false,
    survivesSession: false,
    images: true
  }
};
