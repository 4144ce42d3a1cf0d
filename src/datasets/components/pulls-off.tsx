import * as React from 'react';
import type { IFacility } from '../../facility/tokens.ts';
import { useTrans } from '../../ui/translation.ts';

/** False until it is known that pulls are switched off here. */
export function arePullsOff({ value }: IFacility): boolean {
  return value?.active?.features.pulls === false;
}

/** Says that pulls are switched off and whom to ask; or where pulls go when that is not the usual folder. */
export function WherePullsGo(props: {
  readonly facility: IFacility;
  /** The folder that was chosen; left out, it is the usual one. */
  readonly to: string | undefined;
  readonly onUsual: () => void;
}): React.ReactElement | null {
  const trans = useTrans();
  const { facility, to } = props;
  const active = facility.value?.active ?? null;
  if (active !== null && arePullsOff(facility)) {
    return (
      <div className="jp-panosc-Hint" role="status">
        {trans.__('Pulls are switched off at %1.', active.title)} {active.help}
      </div>
    );
  }
  return to === undefined ? null : (
    <div className="jp-panosc-Hint">
      <span>{trans.__('Pulls go to %1.', to)}</span>
      <button type="button" className="jp-panosc-Button" onClick={props.onUsual}>
        {trans.__('Use the usual folder')}
      </button>
    </div>
  );
}
