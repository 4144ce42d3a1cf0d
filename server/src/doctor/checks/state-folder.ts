import { statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { bytesText } from '../../core/bytes-text.ts';
import type { Parts } from '../../parts.ts';
import { ok, type Check } from '../port.ts';

/** Less than this and the next write of the database may fail. */
const LEAST_BYTES = 50_000_000;
const NFS_MAGIC = 0x6969;

/** The folder with the database: whether others could read it, whether it is about to fill up, and where it lies. */
export function stateFolder({ config: { stateDir } }: Pick<Parts, 'config'>): Check {
  return {
    id: 'machine.state-folder',
    title: 'State folder',
    run: async () => {
      const info = statSync(stateDir);
      const { bavail, bsize, type } = await statfs(stateDir);
      const free = bavail * bsize;
      if ((info.mode & 0o077) !== 0) {
        return {
          state: 'failed',
          text: `Others can look into ${stateDir}.`,
          cure: `chmod 700 ${stateDir}`
        };
      }
      if (free < LEAST_BYTES) {
        return {
          state: 'failed',
          text: `${stateDir} has ${bytesText(free)} free: soon nothing can be written down any more.`,
          cure: 'Free some space, or set PANOSC_STATE to another folder.'
        };
      }
      return type === NFS_MAGIC
        ? {
            state: 'warning',
            text: `${stateDir} lies on NFS: it works, with slower locks and a rollback journal.`,
            cure: 'Set PANOSC_STATE to a folder on a local disk if there is one that stays.'
          }
        : ok(`${stateDir} is private and has ${bytesText(free)} free.`);
    }
  };
}
