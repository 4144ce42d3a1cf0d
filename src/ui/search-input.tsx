import { searchIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

/** A box that searches as you type. Enter goes on, Escape empties it. */
export function SearchInput(props: {
  readonly label: string;
  readonly text: string;
  readonly onType: (text: string) => void;
  readonly onEnter?: () => void;
  readonly maxLength?: number | undefined;
}): React.ReactElement {
  return (
    <div className="jp-panosc-SearchInput" role="search">
      <searchIcon.react tag="span" className="jp-panosc-Icon" aria-hidden="true" />
      <input
        type="search"
        className="jp-panosc-Input"
        placeholder={props.label}
        aria-label={props.label}
        maxLength={props.maxLength ?? 200}
        spellCheck={false}
        value={props.text}
        onChange={event => props.onType(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Enter') {
            event.preventDefault();
            props.onEnter?.();
          } else if (event.key === 'Escape' && props.text !== '') {
            event.stopPropagation();
            props.onType('');
          }
        }}
      />
    </div>
  );
}
