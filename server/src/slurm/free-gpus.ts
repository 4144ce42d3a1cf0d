import type { Accelerator, Partition } from '#contract';
import type { SlurmNode } from './scontrol.ts';
import { gpusOfGres } from './tres.ts';

/**
 * GPUs by type and partition. A GPU counts as free only on a healthy node that also has a CPU and memory left:
 * what lacks any of the three cannot be had, whatever sinfo says. Memory is compared only where it is limited.
 */
export function freeGpus(
  partitions: readonly Partition[],
  nodes: readonly SlurmNode[]
): Accelerator[] {
  const found: Accelerator[] = [];
  for (const partition of partitions) {
    const byType = new Map<string, { total: number; free: number; perNode: number }>();
    for (const node of nodes.filter(({ partitions: names }) => names.includes(partition.name))) {
      const used = gpusOfGres(node.gresUsed);
      for (const [type, total] of gpusOfGres(node.gres)) {
        const sum = byType.get(type) ?? { total: 0, free: 0, perNode: 0 };
        const hasRoom =
          node.isHealthy && node.cpus > node.cpusUsed && node.memoryMB > node.memoryUsedMB;
        const left = Math.max(0, total - (used.get(type) ?? 0));
        sum.total += total;
        sum.free += hasRoom ? Math.min(left, node.cpus - node.cpusUsed) : 0;
        sum.perNode = Math.max(sum.perNode, total);
        byType.set(type, sum);
      }
    }
    for (const [type, { free, perNode, total }] of byType) {
      found.push({
        cluster: partition.cluster,
        partition: partition.name,
        type,
        total,
        free: partition.isUp ? free : 0,
        perNode,
        isUp: partition.isUp
      });
    }
  }
  return found;
}
