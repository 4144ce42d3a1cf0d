/** Waits for a condition; fails after `timeoutMs` with what was waited for. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  timeoutMs = 15_000
): Promise<NonNullable<Exclude<T, false>>> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const value = await look();
    if (value !== false && value !== null && value !== undefined) {
      return value as NonNullable<Exclude<T, false>>;
    }
    if (performance.now() > end) {
      throw new Error(`waited ${timeoutMs} ms in vain for: ${what}`);
    }
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
