import { Clipboard } from '@jupyterlab/apputils';
import { checkIcon, copyIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { useTrans } from './translation.ts';

const THANKS_MS = 2_000;

/** Copies a text and says so. `label` names what is copied; with `showLabel` it is also written on the button. */
export function CopyButton(props: {
  readonly text: string;
  readonly label: string;
  readonly showLabel?: boolean;
}): React.ReactElement {
  const trans = useTrans();
  const [hasCopied, setHasCopied] = React.useState(false);
  React.useEffect(() => {
    if (!hasCopied) {
      return;
    }
    const timer = setTimeout(() => setHasCopied(false), THANKS_MS);
    return () => clearTimeout(timer);
  }, [hasCopied]);
  const Icon = hasCopied ? checkIcon : copyIcon;
  const label = hasCopied ? trans.__('Copied') : props.label;
  return (
    <button
      type="button"
      className="jp-panosc-Button jp-panosc-CopyButton"
      title={label}
      aria-label={label}
      onClick={() => {
        Clipboard.copyToSystem(props.text);
        setHasCopied(true);
      }}
    >
      <Icon.react tag="span" className="jp-panosc-Icon" aria-hidden="true" />
      {props.showLabel === true && <span aria-hidden="true">{label}</span>}
    </button>
  );
}
