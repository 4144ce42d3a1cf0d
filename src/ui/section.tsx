import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

/** A part of the sidebar that can be folded: title, how many, buttons. */
export function Section(props: {
  readonly id: string;
  readonly title: string;
  /** Buttons at the right of the title. */
  readonly toolbar?: React.ReactNode;
  readonly isOpen: boolean;
  readonly onToggle: (isOpen: boolean) => void;
  readonly children?: React.ReactNode;
}): React.ReactElement {
  const Caret = props.isOpen ? caretDownIcon : caretRightIcon;
  const titleId = `jp-panosc-section-${props.id}-title`;
  const bodyId = `jp-panosc-section-${props.id}`;
  return (
    <section className="jp-panosc-Section" aria-labelledby={titleId}>
      <div className="jp-panosc-Section-header">
        <h2>
          <button
            type="button"
            id={titleId}
            className="jp-panosc-Section-title"
            aria-expanded={props.isOpen}
            aria-controls={bodyId}
            onClick={() => props.onToggle(!props.isOpen)}
          >
            <Caret.react tag="span" className="jp-panosc-Icon" aria-hidden="true" />
            {props.title}
          </button>
        </h2>
        <div className="jp-panosc-Section-toolbar">{props.toolbar}</div>
      </div>
      <div id={bodyId} className="jp-panosc-Section-body" hidden={!props.isOpen}>
        {props.isOpen && props.children}
      </div>
    </section>
  );
}
