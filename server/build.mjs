// Bundles the companion into one file that the wheel ships: server, command line and worker threads.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { writeBillOfMaterials } from '../scripts/bill-of-materials.ts';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const out = path.join(root, 'jupyterlab_panosc', 'companion');
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
mkdirSync(out, { recursive: true });
const { metafile } = await build({
  absWorkingDir: root,
  metafile: true,
  entryPoints: [path.join(root, 'server/src/main.ts')],
  outfile: path.join(out, 'main.mjs'),
  bundle: true,
  platform: 'node',
  target: 'node22.19',
  format: 'esm',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'linked',
  define: { PANOSC_VERSION: JSON.stringify(version) },
  // CommonJS dependencies (express) call require(); the aliases cannot collide with bundled names.
  banner: {
    js: [
      "import{createRequire as __panoscCreateRequire}from'node:module';",
      "import{fileURLToPath as __panoscToPath}from'node:url';",
      "import{dirname as __panoscDirname}from'node:path';",
      'const require=__panoscCreateRequire(import.meta.url);',
      'const __filename=__panoscToPath(import.meta.url);',
      'const __dirname=__panoscDirname(__filename);'
    ].join('')
  },
  logLevel: 'warning'
});
writeFileSync(path.join(out, 'package.json'), '{"type":"module"}\n');
copyFileSync(path.join(root, 'LICENSE'), path.join(out, 'LICENSE'));
// The launcher names this folder last: a site's own profiles come first.
const profiles = path.join(out, 'profiles');
rmSync(profiles, { recursive: true, force: true });
mkdirSync(profiles);
for (const name of readdirSync(path.join(root, 'profiles')).filter(name =>
  name.endsWith('.yaml')
)) {
  copyFileSync(path.join(root, 'profiles', name), path.join(profiles, name));
}
const bundled = Object.values(metafile.outputs).flatMap(({ inputs }) =>
  Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : []))
);
writeBillOfMaterials(root, out, bundled);
