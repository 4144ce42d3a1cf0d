// Removes what a build makes, so that no stale development build gets into a wheel.
import { rmSync } from 'node:fs';

for (const made of [
  'lib',
  'tsconfig.tsbuildinfo',
  'jupyterlab_panosc/labextension',
  'jupyterlab_panosc/companion'
]) {
  rmSync(new URL(`../${made}`, import.meta.url), { recursive: true, force: true });
}
