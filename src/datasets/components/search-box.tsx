import { searchIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { useTrans } from '../../ui/translation.ts';

/** The box that searches as you type. Enter is the person's "go on". */
export function SearchBox(props: {
  readonly text: string;
  readonly onType: (text: string) => void;
  readonly onEnter: () => void;
  /** Id of the list that shows what was found. */
  readonly controls?: string;
}): React.ReactElement {
  const trans = useTrans();
  const label = trans.__('Search, DOI or proposal');
  return (
    <div className="jp-panosc-SearchBox" role="search">
      <searchIcon.react tag="span" className="jp-panosc-Icon" aria-hidden="true" />
      <input
        type="search"
        className="jp-panosc-Input"
        placeholder={label}
        aria-label={label}
        aria-controls={props.controls}
        maxLength={500}
        spellCheck={false}
        value={props.text}
        onChange={event => props.onType(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Enter') {
            event.preventDefault();
            props.onEnter();
          } else if (event.key === 'Escape' && props.text !== '') {
            event.stopPropagation();
            props.onType('');
          }
        }}
      />
    </div>
  );
}
