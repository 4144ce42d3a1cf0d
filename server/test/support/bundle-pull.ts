import path from 'node:path';
import { build } from 'esbuild';

/** Bundles the pull process as `server/build.mjs` bundles the companion: sources need a type stripper in every thread. */
export async function bundlePull(folder: string): Promise<string> {
  const outfile = path.join(folder, 'pull.mjs');
  await build({
    entryPoints: [path.join(import.meta.dirname, 'pull-bundle-entry.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node22.19',
    format: 'esm',
    minifySyntax: true,
    minifyWhitespace: true,
    banner: {
      js: "import{createRequire as __panoscCreateRequire}from'node:module';const require=__panoscCreateRequire(import.meta.url);"
    },
    logLevel: 'error'
  });
  return outfile;
}
