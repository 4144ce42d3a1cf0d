import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import '../../style/ui.css';
import { keepClicksSteady } from './steady-clicks.ts';
import { TransContext } from './translation.ts';

/** A Lumino widget that holds one React element inside our translation. */
export function createReactPanel(
  element: React.ReactElement,
  trans: TranslationBundle
): ReactWidget {
  const widget = ReactWidget.create(
    <TransContext.Provider value={trans}>{element}</TransContext.Provider>
  );
  widget.addClass('jp-panosc-React');
  // Before React listens at the same node.
  keepClicksSteady(widget.node);
  return widget;
}
