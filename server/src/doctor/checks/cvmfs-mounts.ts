import { readdir, stat } from 'node:fs/promises';
import { errorCode } from '../../core/error-code.ts';
import type { Parts } from '../../parts.ts';
import { ok, type Check } from '../port.ts';

/** Where the profile's repositories would be mounted, for jobs that run on this machine. */
export function cvmfsMounts({ facility }: Pick<Parts, 'facility'>): Check[] {
  return (facility.current()?.repositories ?? []).map(({ fqrn }) => ({
    id: `images.mount.${fqrn}`,
    title: `/cvmfs/${fqrn}`,
    run: async () => {
      const place = `/cvmfs/${fqrn}`;
      try {
        // autofs mounts at the first look into it.
        const names = await readdir(place);
        const [inside, above] = await Promise.all([stat(place), stat('/cvmfs')]);
        return names.length === 0 || inside.dev === above.dev
          ? {
              state: 'warning',
              text: `${place} is there and nothing is mounted on it.`,
              cure: 'Images can be listed all the same; jobs on this machine cannot run them.'
            }
          : ok(`${place} is mounted.`);
      } catch (error) {
        const code = errorCode(error);
        return code === 'ENOENT'
          ? {
              state: 'skipped',
              text: 'Not mounted on this machine. Images are listed over HTTP; jobs run them where it is mounted.'
            }
          : {
              state: 'failed',
              text: `${place} is mounted and cannot be read (${code}).`,
              cure: 'Ask the administrator of this machine: cvmfs_config probe says more.'
            };
      }
    }
  }));
}
