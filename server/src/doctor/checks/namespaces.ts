import { readFile } from 'node:fs/promises';
import { ok, type Check } from '../port.ts';

/** What the kernel lets ordinary users do; absent where the kernel has no such switch. */
const switches: readonly (readonly [string, string])[] = [
  ['/proc/sys/user/max_user_namespaces', '0'],
  ['/proc/sys/kernel/unprivileged_userns_clone', '0'],
  ['/proc/sys/kernel/apparmor_restrict_unprivileged_userns', '1']
];

/** User namespaces: without them Apptainer runs only where an administrator installed its setuid part. */
export function namespaces(): Check {
  return {
    id: 'machine.user-namespaces',
    title: 'User namespaces',
    run: async () => {
      if (process.platform !== 'linux') {
        return { state: 'skipped', text: 'Only Linux has them.' };
      }
      for (const [file, off] of switches) {
        const value = await readFile(file, 'utf8').catch(() => null);
        if (value?.trim() === off) {
          return {
            state: 'warning',
            text: `Ordinary users may not make user namespaces on this machine (${file} is ${off}).`,
            cure: 'Apptainer needs its setuid installation here, or ask the administrator to allow them.'
          };
        }
      }
      return ok('Ordinary users may make them.');
    }
  };
}
