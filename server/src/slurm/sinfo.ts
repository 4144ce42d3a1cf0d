import type { Partition } from '#contract';
import { slurmDuration, slurmNumber } from './slurm.ts';

/** One row for each partition and kind of node: name (`*` = default), up, longest time, CPUs, memory, nodes. */
export function sinfoArgv(): string[] {
  return ['sinfo', '--noheader', '--format=%P|%a|%l|%c|%m|%D'];
}

const largest = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.max(a, b);

/** Partitions in the cluster's order; kinds of nodes are put together. */
export function parseSinfo(stdout: string, cluster: string): Partition[] {
  const found = new Map<string, Partition>();
  for (const line of stdout.split('\n')) {
    const [name = '', up = '', limit, cpus, memory, nodes] = line.split('|');
    if (!/^[\w.-]+\*?$/.test(name)) {
      continue;
    }
    const plain = name.replace(/\*$/, '');
    const before = found.get(plain);
    const seconds = limit === 'infinite' ? null : slurmDuration(limit);
    found.set(plain, {
      cluster,
      name: plain,
      isDefault: name.endsWith('*'),
      isUp: up === 'up',
      maxMinutes: seconds === null ? null : Math.floor(seconds / 60),
      maxCpusPerNode: largest(before?.maxCpusPerNode ?? null, slurmNumber(cpus)),
      maxMemoryMB: largest(before?.maxMemoryMB ?? null, slurmNumber(memory)),
      nodes: (before?.nodes ?? 0) + (slurmNumber(nodes) ?? 0)
    });
  }
  return [...found.values()];
}
