import { Resource } from '../companion/resource.ts';
import type { ICompanion } from '../companion/tokens.ts';
import type { AcceleratorList } from '../contract/accelerators.ts';
import type { IAccelerators, IGpuChoice } from './tokens.ts';

/** `GET accelerators`, grouped for a form. */
export class AcceleratorsModel extends Resource<AcceleratorList> implements IAccelerators {
  constructor(companion: ICompanion) {
    super(companion, 'accelerators', ['facility']);
  }

  choices(cluster: string | undefined, partition: string | undefined): readonly IGpuChoice[] {
    const byType = new Map<string, IGpuChoice>();
    for (const row of this.value?.items ?? []) {
      const isAsked =
        row.isUp &&
        (cluster === undefined || row.cluster === cluster) &&
        (partition === undefined || row.partition === partition);
      if (!isAsked) {
        continue;
      }
      const known = byType.get(row.type);
      // Partitions may share their nodes: adding up would count a GPU twice, so the largest one stands for all.
      byType.set(row.type, {
        type: row.type,
        total: Math.max(known?.total ?? 0, row.total),
        free: known === undefined ? row.free : larger(known.free, row.free),
        perNode: Math.max(known?.perNode ?? 0, row.perNode)
      });
    }
    return [...byType.values()].sort(
      (a, b) => (b.free ?? -1) - (a.free ?? -1) || a.type.localeCompare(b.type)
    );
  }
}

/** The larger of two numbers of which either may be unknown. */
function larger(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
