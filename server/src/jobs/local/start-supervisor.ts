import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** In the bundle the bundle is the supervisor too; from sources it is supervisor-main.ts. */
const argv = import.meta.url.endsWith('.mjs')
  ? [fileURLToPath(import.meta.url), 'local-job']
  : [fileURLToPath(new URL('./supervisor-main.ts', import.meta.url))];

/** Starts the supervisor of a job's folder; it does not end with this process. */
export function startSupervisor(folder: string, env: Readonly<Record<string, string>>): void {
  const child = spawn(process.execPath, [...argv, folder], {
    cwd: '/',
    env: { ...env },
    stdio: 'ignore',
    detached: true
  });
  // A supervisor that could not be started is noticed by its job, which nobody takes.
  child.on('error', () => undefined);
  child.unref();
}
