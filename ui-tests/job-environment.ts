import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

/**
 * Writes what `module load` does on a cluster: afterwards `python3` has numpy and h5py for this user.
 * Root's own Python may lie where nobody else may look; then the system's Python borrows its packages.
 */
export function writeJobEnvironment(
  file: string,
  options: { readonly bin: string; readonly asUser: readonly string[] }
): void {
  const packages = execFileSync(`${options.bin}/python`, [
    '-c',
    'import sysconfig; print(sysconfig.get_path("platlib"))'
  ]);
  const candidates = [
    `export PATH='${options.bin}':$PATH\n`,
    `export PYTHONPATH='${packages.toString().trim()}'\n`
  ];
  const works = candidates.find(text => {
    // Through env: a program that setpriv itself starts may still look where only root may.
    const [program = 'env', ...args] = [...options.asUser, 'env', 'bash', '-c'];
    const { status } = spawnSync(program, [...args, `${text}python3 -c 'import h5py, numpy'`], {
      env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
      cwd: '/'
    });
    return status === 0;
  });
  if (works === undefined) {
    throw new Error('No Python with numpy and h5py can be used by the user who runs the jobs.');
  }
  writeFileSync(file, works);
}
