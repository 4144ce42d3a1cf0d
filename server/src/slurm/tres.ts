/** GPUs in a TRES string such as `cpu=4,mem=8G,gres/gpu=2,gres/gpu:a40=2`; by type where types are named. */
export function gpusOfTres(tres: string): Map<string, number> {
  const typed = new Map<string, number>();
  let plain = 0;
  for (const item of tres.split(',')) {
    const match = /^gres\/gpu(?::([\w.-]+))?=(\d{1,9})$/.exec(item.trim());
    if (match !== null) {
      if (match[1] === undefined) {
        plain = Number(match[2]);
      } else {
        typed.set(match[1], Number(match[2]));
      }
    }
  }
  const named = [...typed.values()].reduce((sum, count) => sum + count, 0);
  return plain > named ? typed.set('gpu', plain - named) : typed;
}

/** The same in words: `a40 × 2`; null when there is none. */
export function gpuWords(gpus: ReadonlyMap<string, number>): string | null {
  const words = [...gpus].map(([type, count]) => `${type} × ${count}`);
  return words.length === 0 ? null : words.join(', ');
}

/** GPUs in a node's `Gres=gpu:a40:4(S:0-1),nvme:1` or `GresUsed=gpu:a40:2(IDX:0-1)`; `gpu` where no type is named. */
export function gpusOfGres(gres: string): Map<string, number> {
  const found = new Map<string, number>();
  // Commas also stand inside brackets: take the brackets out first.
  for (const item of gres.replace(/\([^)]*\)/g, '').split(',')) {
    const match = /^gpu(?::([\w.-]*[A-Za-z][\w.-]*))?:(\d{1,9})$/.exec(item.trim());
    if (match !== null) {
      const type = match[1] ?? 'gpu';
      found.set(type, (found.get(type) ?? 0) + Number(match[2]));
    }
  }
  return found;
}
