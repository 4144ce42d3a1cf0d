import * as React from 'react';
import type { Facility } from '../contract/facility.ts';
import { FacilityChooser } from '../facility/chooser.tsx';
import { useTrans } from '../ui/translation.ts';

/** Nobody has chosen anything yet: what this does, and the two ways to begin. Not an error. */
export function FirstMinute(props: {
  readonly facility: Facility;
  /** `isOpenData`: the person only wants to look, without signing in. */
  readonly onChoose: (id: string, isOpenData: boolean) => void;
}): React.ReactElement {
  const trans = useTrans();
  const [isOpenData, setIsOpenData] = React.useState(false);
  const usable = props.facility.profiles.filter(profile => profile.mistake === null);
  const only =
    usable.length === 1
      ? usable[0]
      : (usable.find(({ demo }) => demo) ?? usable.find(({ isOpen }) => isOpen));
  return (
    <div className="jp-panosc-FirstMinute">
      <p>
        {trans.__(
          'Find data of photon and neutron sources, pull it here with its checksums verified, and compute on it with a batch job.'
        )}
      </p>
      {usable.length > 0 && (
        <button
          type="button"
          className="jp-panosc-Button jp-panosc-LinkButton"
          aria-pressed={isOpenData}
          onClick={() => (only === undefined ? setIsOpenData(true) : props.onChoose(only.id, true))}
        >
          {trans.__('Look at open data without signing in')}
        </button>
      )}
      {isOpenData && (
        <p role="status">{trans.__('Choose a facility: its open data needs no sign-in.')}</p>
      )}
      <FacilityChooser facility={props.facility} onChoose={id => props.onChoose(id, isOpenData)} />
    </div>
  );
}
