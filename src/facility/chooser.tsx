import * as React from 'react';
import type { Facility } from '../contract/facility.ts';
import { useTrans } from '../ui/translation.ts';

/** The profiles by name, the demonstration first; what is wrong with one is said. */
export function FacilityChooser(props: {
  readonly facility: Facility;
  readonly onChoose: (id: string) => void;
  /** Given where there is already a choice that can be kept. */
  readonly onCancel?: (() => void) | undefined;
}): React.ReactElement {
  const trans = useTrans();
  const { profiles, active } = props.facility;
  const sorted = [...profiles].sort((a, b) => Number(b.demo) - Number(a.demo));
  return (
    <div className="jp-panosc-Chooser" role="group" aria-label={trans.__('Choose your facility')}>
      <h2>{trans.__('Choose your facility')}</h2>
      {sorted.length === 0 && (
        <p>
          {trans.__(
            'No facility profile was found. Ask your facility for its profile file and put it into "panosc/profiles" in your Jupyter configuration folder.'
          )}
        </p>
      )}
      <ul>
        {sorted.map(profile => (
          <li key={profile.id}>
            <button
              type="button"
              className={`jp-panosc-Button${profile.demo ? ' jp-mod-accept' : ''}`}
              disabled={profile.mistake !== null}
              aria-pressed={profile.id === active?.id}
              onClick={() => props.onChoose(profile.id)}
            >
              {profile.title}
              {profile.id === active?.id && ' ✓'}
            </button>
            {profile.demo && (
              <p>
                {trans.__('A small facility that runs beside this Jupyter server. Try it first.')}
              </p>
            )}
            {profile.mistake !== null && (
              <details className="jp-panosc-Details">
                <summary>
                  {trans.__('This profile has a mistake. Ask whoever wrote it to correct it.')}
                </summary>
                <pre>{profile.mistake}</pre>
              </details>
            )}
          </li>
        ))}
      </ul>
      {props.onCancel && (
        <button type="button" className="jp-panosc-Button" onClick={props.onCancel}>
          {trans.__('Cancel')}
        </button>
      )}
    </div>
  );
}
