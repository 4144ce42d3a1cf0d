/** Slurm's megabytes are 1024 kB each (https://slurm.schedmd.com/sbatch.html#OPT_mem). */
const UNIT_MB: Readonly<Record<string, number>> = { m: 1, g: 1024, t: 1024 * 1024 };

/** Megabytes of a size that a person wrote: `16 GB`, `16G`, `500 MB`; without a unit gigabytes; null when it cannot be read. */
export function parseMemory(written: string): number | null {
  const match = /^(\d+(?:[.,]\d+)?)\s*([mgt])?(?:i?b)?$/.exec(written.trim().toLowerCase());
  if (match === null) {
    return null;
  }
  const megabytes = Math.round(
    Number((match[1] ?? '').replace(',', '.')) * (UNIT_MB[match[2] ?? 'g'] ?? 1)
  );
  return megabytes >= 1 && megabytes <= 100_000_000 ? megabytes : null;
}

/** `16 GB`, `1500 MB`: read back by `parseMemory` to the same number. */
export function formatMemory(megabytes: number): string {
  return megabytes % 1024 === 0 ? `${megabytes / 1024} GB` : `${megabytes} MB`;
}
