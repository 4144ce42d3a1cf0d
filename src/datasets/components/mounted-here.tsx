import type { JupyterFrontEnd } from '@jupyterlab/application';
import * as React from 'react';
import type { DatasetFile } from '../../contract/datasets.ts';
import { toContentsPath } from '../../shell/server-paths.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { useTrans } from '../../ui/translation.ts';

/** The folder that all these paths share. */
function folderOfAll(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map(path => path.split('/').slice(0, -1));
  const length = others.reduce((most, parts) => {
    const differs = first.findIndex((part, index) => parts[index] !== part);
    return differs === -1 ? most : Math.min(most, differs);
  }, first.length);
  return first.slice(0, length).join('/') || '/';
}

/** Says where this machine has the files already; nothing where it has not all of those that are listed. */
export function MountedHere(props: {
  readonly files: readonly DatasetFile[];
  readonly home: string;
  readonly commands: JupyterFrontEnd['commands'];
}): React.ReactElement | null {
  const trans = useTrans();
  const paths = props.files.flatMap(({ localPath }) => (localPath === null ? [] : [localPath]));
  if (paths.length === 0 || paths.length < props.files.length) {
    return null;
  }
  const folder = folderOfAll(paths);
  const inBrowser = toContentsPath(folder, props.home);
  return (
    <div className="jp-panosc-Hint" role="note">
      <span>{trans.__('This machine has these files in %1: no pull is needed.', folder)}</span>
      <CopyButton label={trans.__('Copy the folder')} text={folder} />
      {inBrowser !== null && (
        <button
          type="button"
          className="jp-panosc-Button"
          onClick={() => void props.commands.execute('filebrowser:open-path', { path: inBrowser })}
        >
          {trans.__('Open folder')}
        </button>
      )}
    </div>
  );
}
