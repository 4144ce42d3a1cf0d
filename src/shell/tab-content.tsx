import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import { FacilityHelp } from '../facility/facility-help.tsx';
import type { IFacility } from '../facility/tokens.ts';
import { createReactPanel } from '../ui/react-panel.tsx';

/** What a domain shows, inside all that the shell gives to every view. */
export function createTabContent(
  element: React.ReactElement,
  facility: IFacility,
  trans: TranslationBundle
): ReactWidget {
  return createReactPanel(<FacilityHelp facility={facility}>{element}</FacilityHelp>, trans);
}
