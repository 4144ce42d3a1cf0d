import type { Accelerator } from '#contract';
import type { CallContext } from '../../core/call-context.ts';
import type { AcceleratorSource } from '../port.ts';

/** What this adapter needs of a scheduler. */
export interface GpuCluster {
  readonly title: string;
  readonly features: { readonly accelerators: boolean };
  accelerators(call: CallContext): Promise<Accelerator[]>;
}

/** GPUs that a cluster's scheduler gives out as generic resources (GRES). */
export class SlurmGres implements AcceleratorSource {
  readonly #cluster: GpuCluster;

  constructor(cluster: GpuCluster) {
    this.#cluster = cluster;
  }

  list(call: CallContext): Promise<Accelerator[]> {
    return this.#cluster.accelerators(call);
  }
}
