import { LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Dataset } from '../../contract/datasets.ts';
import { useTrans } from '../../ui/translation.ts';

const lockIcon = new LabIcon({
  name: 'jupyterlab-panosc:lock',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><path class="jp-icon3" fill="#616161" d="M7 10V7.500a5 5 0 0 1 10 0V10h.5A1.500 1.500 0 0 1 19 11.500v8a1.500 1.500 0 0 1-1.500 1.500h-11A1.500 1.500 0 0 1 5 19.500v-8A1.500 1.500 0 0 1 6.500 10zm2 0h6V7.500a3 3 0 0 0-6 0z"/></svg>'
});

/** Marks a dataset that is not open; nothing where it is, or where that is not known. */
export function AccessMark(props: { readonly dataset: Dataset }): React.ReactElement | null {
  const trans = useTrans();
  if (props.dataset.isPublic !== false) {
    return null;
  }
  return (
    <span className="jp-panosc-AccessMark" title={trans.__('Needs sign-in')}>
      <lockIcon.react tag="span" className="jp-panosc-Icon" aria-hidden="true" />
      <span className="jp-panosc-HiddenText">{trans.__('needs sign-in')}</span>
    </span>
  );
}
