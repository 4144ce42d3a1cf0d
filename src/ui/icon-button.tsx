import type { LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

/** A button that is only an icon; its label is read to screen readers and shown as tooltip. */
export function IconButton(props: {
  readonly icon: LabIcon;
  readonly label: string;
  readonly onClick: (event: React.MouseEvent<HTMLButtonElement>) => void;
  readonly isDisabled?: boolean;
  readonly tabIndex?: number;
  readonly hasMenu?: boolean;
}): React.ReactElement {
  const Icon = props.icon;
  return (
    <button
      type="button"
      className="jp-panosc-Button jp-panosc-IconButton"
      title={props.label}
      aria-label={props.label}
      disabled={props.isDisabled === true}
      tabIndex={props.tabIndex}
      aria-haspopup={props.hasMenu === true ? 'menu' : undefined}
      onClick={props.onClick}
    >
      <Icon.react tag="span" className="jp-panosc-Icon" aria-hidden="true" />
    </button>
  );
}
