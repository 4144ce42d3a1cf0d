import { lstat } from 'node:fs/promises';
import type { SentFile } from '../port.ts';

/** What to keep of a file that was just finished; null where the store says nothing that tells its versions apart. */
export async function sentFileOf(
  target: string,
  url: URL,
  validator: string | null
): Promise<SentFile | null> {
  if (validator === null) {
    return null;
  }
  const info = await lstat(target, { bigint: true });
  return {
    url: url.href,
    validator,
    sizeBytes: Number(info.size),
    modifiedNs: String(info.mtimeNs)
  };
}

/** True when nobody has written into the file since: it has its size and time of then. */
export async function isUntouched(target: string, sent: SentFile): Promise<boolean> {
  const info = await lstat(target, { bigint: true });
  return Number(info.size) === sent.sizeBytes && String(info.mtimeNs) === sent.modifiedNs;
}
