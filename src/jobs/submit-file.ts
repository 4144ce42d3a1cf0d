import type { JupyterFrontEnd } from '@jupyterlab/application';
import { PathExt } from '@jupyterlab/coreutils';
import { toCompanionPath } from '../shell/server-paths.ts';

const MAX_SCRIPT_CHARS = 1_000_000;

/**
 * Arguments of `panosc-jobs:new` for a file of the file browser. A shell script becomes the job's script, so that
 * its `#SBATCH` lines count; a Python program is called by one.
 */
export async function argumentsForFile(
  path: string,
  contents: JupyterFrontEnd['serviceManager']['contents']
): Promise<Record<string, string>> {
  const program = PathExt.basename(path);
  const workdir = toCompanionPath(PathExt.dirname(path));
  const args = { program, ...(workdir === null ? {} : { workdir }) };
  if (!/\.sh$/i.test(path)) {
    return args;
  }
  const file = await contents.get(path, { content: true, type: 'file', format: 'text' });
  const script: unknown = file.content;
  return typeof script === 'string' && script.trim() !== '' && script.length <= MAX_SCRIPT_CHARS
    ? { ...args, script }
    : args;
}
