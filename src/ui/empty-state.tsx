import * as React from 'react';

/** One sentence about what will appear here, and how to get the first one. */
export function EmptyState(props: {
  readonly text: string;
  /** The buttons that help. */
  readonly children?: React.ReactNode;
}): React.ReactElement {
  return (
    <div className="jp-panosc-Empty">
      <p>{props.text}</p>
      {props.children != null && <div className="jp-panosc-Buttons">{props.children}</div>}
    </div>
  );
}
