import { statSync } from 'node:fs';
import { bytesText } from '../../core/bytes-text.ts';
import { freeBytes, isOnNfs } from '../../core/disk-space.ts';
import type { Parts } from '../../parts.ts';
import { ok, type Check } from '../port.ts';

/** Less than this and the next write of the database may fail. */
const LEAST_BYTES = 50_000_000;

/** The folder with the database: whether others could read it, whether it is about to fill up, and where it lies. */
export function stateFolder({ config: { stateDir } }: Pick<Parts, 'config'>): Check {
  return {
    id: 'machine.state-folder',
    title: 'State folder',
    run: async () => {
      const free = await freeBytes(stateDir);
      if ((statSync(stateDir).mode & 0o077) !== 0) {
        return {
          state: 'failed',
          text: `Others can look into ${stateDir}.`,
          cure: `chmod 700 ${stateDir}`
        };
      }
      if (free !== null && free < LEAST_BYTES) {
        return {
          state: 'failed',
          text: `${stateDir} has ${bytesText(free)} free: soon nothing can be written down any more.`,
          cure: 'Free some space, or set PANOSC_STATE to another folder.'
        };
      }
      return isOnNfs(stateDir)
        ? {
            state: 'warning',
            text: `${stateDir} lies on NFS: it works, with slower locks and a rollback journal.`,
            cure: 'Set PANOSC_STATE to a folder on a local disk if there is one that stays.'
          }
        : ok(`${stateDir} is private and has ${bytesText(free)} free.`);
    }
  };
}
