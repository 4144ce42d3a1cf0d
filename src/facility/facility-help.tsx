import * as React from 'react';
import { HelpContext } from '../ui/help.ts';
import { useSignal } from '../ui/use-signal.ts';
import type { IFacility } from './tokens.ts';

/** Lets every problem inside say whom to ask at the facility that is active. */
export function FacilityHelp(props: {
  readonly facility: IFacility;
  readonly children: React.ReactNode;
}): React.ReactElement {
  const { facility } = props;
  useSignal(facility.changed);
  return (
    <HelpContext.Provider value={facility.value?.active?.help ?? null}>
      {props.children}
    </HelpContext.Provider>
  );
}
