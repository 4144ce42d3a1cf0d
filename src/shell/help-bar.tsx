import type { JupyterFrontEnd } from '@jupyterlab/application';
import { ellipsesIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { IconButton } from '../ui/icon-button.tsx';
import { useTrans } from '../ui/translation.ts';
import { HELP_ITEMS, openMenu } from './open-menu.ts';

/** Stands for the header while there is no facility, or nobody to ask for one: help must be there all the same. */
export function HelpBar(props: {
  readonly commands: JupyterFrontEnd['commands'];
}): React.ReactElement {
  const trans = useTrans();
  return (
    <div className="jp-panosc-Header jp-mod-help">
      <IconButton
        hasMenu
        icon={ellipsesIcon}
        label={trans.__('Help')}
        onClick={event => openMenu(event.currentTarget, props.commands, HELP_ITEMS)}
      />
    </div>
  );
}
