import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';
import { searchIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import * as React from 'react';
import type { ICompanion } from '../companion/tokens.ts';
import type { IFacility } from '../facility/tokens.ts';
import type { IMainArea } from '../shell/tokens.ts';
import { FindDataModel } from './find-data-model.ts';
import { FindData } from './find-data.tsx';

/** What the tab is made of. */
interface IParts {
  readonly app: JupyterFrontEnd;
  readonly companion: ICompanion;
  readonly facility: IFacility;
  readonly mainArea: IMainArea;
  readonly trans: TranslationBundle;
}

let model: FindDataModel | null = null;

function text(args: ReadonlyPartialJSONObject, name: string): Record<string, string> {
  const value = args[name];
  return typeof value === 'string' ? { [name]: value } : {};
}

/** Opens the one tab *Find data*, or shows it with another search. */
export async function openFindData(parts: IParts, args: ReadonlyPartialJSONObject): Promise<void> {
  model ??= new FindDataModel(parts.companion);
  const current = model;
  parts.mainArea.open({
    id: 'find-data',
    title: parts.trans.__('Find data'),
    icon: searchIcon,
    command: 'panosc-datasets:find',
    args: {},
    load: opened => {
      opened.disposed.connect(() => {
        current.dispose();
        model = null;
      });
      return Promise.resolve(
        <FindData
          model={current}
          companion={parts.companion}
          facility={parts.facility}
          commands={parts.app.commands}
        />
      );
    }
  });
  await current.show({ ...text(args, 'q'), ...text(args, 'to'), ...text(args, 'pid') });
}
