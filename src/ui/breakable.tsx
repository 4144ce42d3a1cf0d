import * as React from 'react';

/** A path that breaks into lines behind its slashes, not in the middle of a name. */
export function Breakable(props: { readonly path: string }): React.ReactElement {
  return (
    <>
      {props.path.split(/(?<=\/)/).map((part, index) => (
        <React.Fragment key={index}>
          {part}
          <wbr />
        </React.Fragment>
      ))}
    </>
  );
}
